# docker build -t mailproof . && docker run --rm --read-only --network none -v "$PWD:/work:ro" mailproof check --offline
#
# The base is pinned by digest: this one is python:3.13.15-slim-trixie. To renew it, take the digest that
# `docker buildx imagetools inspect python:3.13-slim` prints. Packages are pinned by hash in requirements/.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements/build.txt requirements/runtime.txt requirements/
# What builds is in /build, beside the environment that the image gets.
RUN python3 -m venv --without-pip /opt/mailproof \
    && python3 -m pip install --quiet --target /build --require-hashes --only-binary :all: -r requirements/build.txt \
    && PYTHONPATH=/build python3 -m pip --python /opt/mailproof/bin/python install --quiet --ignore-installed \
        --require-hashes --no-build-isolation --only-binary :all: --no-binary dkimpy,pyspf -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY docs/mailproof.1 docs/mailproof.schema.json docs/report.schema.json docs/
COPY src src
RUN PYTHONPATH=/build python3 -m pip --python /opt/mailproof/bin/python install --quiet --no-deps --no-index \
        --no-build-isolation .

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
COPY --from=build /opt/mailproof /opt/mailproof
ENV PATH=/opt/mailproof/bin:$PATH PYTHONDONTWRITEBYTECODE=1
# No name: nothing is this user's, and the file system may be read-only.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["mailproof"]
CMD ["--help"]
