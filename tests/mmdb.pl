#!/usr/bin/perl
# mmdb.pl [SPEC FILE]: makes a MaxMind DB file for tests (https://maxmind.github.io/MaxMind-DB/), with
# Debian's libmaxmind-db-writer-perl. SPEC is a JSON file:
# Without arguments it makes one for each line "SPEC FILE" of its standard input, and prints "made" each time:
# it is slow to begin.
#
#   {"ip_version": 6, "record_size": 28, "networks": [["192.0.2.0/24", ENTRY], ...]}
#
# An entry is an object: texts, maps and arrays as they stand there, numbers as uint32, and
# {"uint16": 5} for a number of another type. The text "hex:..." instead of an entry is its bytes as they
# are to lie in the file, right or wrong.
use strict;
use warnings;
use JSON::PP;
use MaxMind::DB::Writer::Serializer;
use MaxMind::DB::Writer::Tree;

my %of_other_type = map { $_ => 1 } qw(uint16 int32 uint64 double);

sub type_of {
    my ( undef, $value ) = @_;
    return [ 'array', @$value ? type_of( '', $value->[0] ) : 'utf8_string' ] if ref $value eq 'ARRAY';
    if ( ref $value eq 'HASH' ) {
        my ( $type, @more ) = keys %$value;
        return defined $type && !@more && $of_other_type{$type} ? $type : 'map';
    }
    return $value =~ /^\d+$/ && JSON::PP->new->allow_nonref->encode($value) !~ /"/ ? 'uint32' : 'utf8_string';
}

# The serializer asks for a type by key and value, and then writes the value: here it is unpacked.
for my $type ( keys %of_other_type ) {
    no strict 'refs';
    no warnings 'redefine';
    my $method  = "MaxMind::DB::Writer::Serializer::_encode_$type";
    my $written = \&$method;
    *$method = sub {
        my ( $self, $value ) = @_;
        return $written->( $self, ref $value eq 'HASH' ? $value->{$type} : $value );
    };
}

sub make {
    my ( $spec_file, $path ) = @_;
    open my $in, '<:raw', $spec_file or die "cannot open $spec_file: $!\n";
    my $spec = decode_json( do { local $/; <$in> } );
    my $tree = MaxMind::DB::Writer::Tree->new(
        ip_version               => $spec->{ip_version}  // 6,
        record_size              => $spec->{record_size} // 28,
        database_type            => 'Test',
        languages                => ['en'],
        description              => { en => 'test' },
        map_key_type_callback    => \&type_of,
        remove_reserved_networks => 0,
        alias_ipv6_to_ipv4       => 0,
    );

    # A place is kept for raw bytes: a map with the key "~" and a text that is found again.
    my @raw;
    for my $network ( @{ $spec->{networks} } ) {
        my ( $name, $entry ) = @$network;
        if ( !ref $entry && $entry =~ /^hex:(.*)/ ) {
            my $bytes = pack 'H*', $1;
            my $mark  = sprintf '~raw-%06d~', scalar @raw;
            push @raw, [ $mark, $bytes ];
            $entry = { '~' => $mark . 'x' x length $bytes };
        }
        $tree->insert_network( $name, $entry );
    }
    my $file = '';
    open my $out, '>:raw', \$file or die $!;
    $tree->write_tree($out);
    close $out or die $!;
    for my $raw (@raw) {
        my ( $mark, $bytes ) = @$raw;
        my $at = rindex $file, "\xe1\x41~", index( $file, $mark );
        die "no place for raw bytes\n" if $at < 0;
        substr( $file, $at, length $bytes ) = $bytes;
    }
    open $out, '>:raw', $path or die "cannot make $path: $!\n";
    print {$out} $file or die "cannot write $path: $!\n";
    close $out or die "cannot write $path: $!\n";
}

if (@ARGV) {
    make(@ARGV);
    exit 0;
}
$| = 1;
while ( my $line = <STDIN> ) {
    make( split ' ', $line );
    print "made\n";
}
