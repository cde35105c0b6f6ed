# What Sisimai reads of each file: a JSON object a line.
use strict; use warnings; use Sisimai; use JSON;
for my $file (@ARGV) {
    my $found = eval { local $SIG{__WARN__} = sub {}; Sisimai->make($file) } || [];
    my @all = map { { recipient => $_->recipient->address, reason => $_->reason, code => "" . ($_->replycode || ""),
                      status => $_->deliverystatus } } @$found;
    print encode_json({ file => $file, expect => \@all }), "\n";
}
