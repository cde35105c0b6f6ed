"""Schedules collectors, isolates failures, runs the checks, builds the Report."""

from mailproof.engine.audit import audit_async
from mailproof.engine.probe import probe_async
from mailproof.engine.verify import verify_async

__all__ = ["audit_async", "probe_async", "verify_async"]
