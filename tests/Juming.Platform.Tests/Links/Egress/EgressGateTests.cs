using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Platform.Links.Egress.Gate;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links.Egress;

/// <summary>What the gate lets pass, and what it does not.</summary>
[Category("X3")]
public sealed class EgressGateTests
{
    private static readonly byte[] Identity = Guid.CreateVersion7().ToByteArray(bigEndian: true);
    private static readonly Site Known = new();
    private static readonly EgressGate Gate = new(new LinksSettings(), [Known], [Known]);

    public static IEnumerable<TestCaseData> Bad()
    {
        yield return Case("not-in-dictionary", "attack", new IncidentSummary { Incident = Id, Attack = "10.2.3.4" });
        yield return Case("too-long", "attack", new IncidentSummary { Incident = Id, Attack = "T1059.001 on host-7" });
        yield return Case("not-in-dictionary", "tactics", new IncidentSummary { Incident = Id, Tactics = { "TA0001", "zhang.wei" } });
        yield return Case("too-many", "tactics", new IncidentSummary { Incident = Id, Tactics = { Enumerable.Repeat("TA0001", 21) } });
        yield return Case("no-identity", "incident", new IncidentSummary { Incident = ByteString.CopyFromUtf8("host-7.corp") });
        yield return Case("no-identity", "incident", new IncidentSummary { Incident = ByteString.CopyFrom(new byte[64]) });
        yield return Case("out-of-range", "severity", new IncidentSummary { Incident = Id, Severity = 6 });
        yield return Case("unknown-value", "stage", new IncidentSummary { Incident = Id, Stage = (IncidentStage)0x0A020304 });
        // An address as a number, and one as an instant.
        yield return Case("out-of-range", "priority", new IncidentSummary { Incident = Id, Priority = 0x0A020304 });
        yield return Case("no-instant", "detected_at", new IncidentSummary { Incident = Id, DetectedAt = 0x0A020304 });
        yield return Case("out-of-range", "disk_used", new SiteHealth { DiskUsed = 1001 });
        yield return Case("out-of-range", "events_received", new SiteHealth { EventsReceived = ulong.MaxValue });
        yield return Case("too-long", "hash", new LedgerHead { Hash = ByteString.CopyFrom(new byte[33]) });
        // Whatever a person releases: nothing of the customer's, and nothing that only looks like an address.
        foreach (var own in new[] { "10.2.3.4", "192.168.1.1", "172.20.0.9", "100.64.3.3", "127.0.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.51.100.7", "45.155.205.77", "fe80::1", "fd00::5", "::1", "::ffff:45.155.205.10", "64:ff9b::a02:304", "2002:a02:304::1", "2001:db8::1" })
            yield return Case(own.StartsWith("::ffff", StringComparison.Ordinal) ? "no-address" : "own-address", "attackers", new IncidentRelease { Incident = Id, Attackers = { ByteString.CopyFrom(System.Net.IPAddress.Parse(own).GetAddressBytes()) } }, own);
        yield return Case("no-address", "attackers", new IncidentRelease { Incident = Id, Attackers = { ByteString.CopyFromUtf8("web01") } });
        yield return Case("no-address", "attackers", new IncidentRelease { Incident = Id, Attackers = { ByteString.Empty } }, "empty");
        yield return Case("too-many", "attackers", new IncidentRelease { Incident = Id, Attackers = { Enumerable.Repeat(ByteString.CopyFrom(45, 155, 205, 10), 101) } });
        foreach (var domain in new[] { "corp.example", "secret.evil.example", "EVIL.example", "evil.example.", "", "evil.example/path", new string('a', 254) })
            yield return Case(domain.Length > 253 ? "too-long" : "unknown-domain", "domains", new IncidentRelease { Incident = Id, Domains = { domain } }, domain.Length > 60 ? "long" : domain);
        yield return Case("no-hash", "file_hashes", new IncidentRelease { Incident = Id, FileHashes = { ByteString.CopyFromUtf8("secret.docx") } });
        yield return Case("no-hash", "file_hashes", new IncidentRelease { Incident = Id, FileHashes = { ByteString.CopyFrom(new byte[64]) } }, "long");
        yield return Case("not-in-dictionary", "techniques", new IncidentRelease { Incident = Id, Techniques = { "zhang.wei" } });
        yield return Case("unknown-message", null, new Juming.Contracts.Link.Hello { Build = "1" });

        static TestCaseData Case(string reason, string? field, IMessage message, string what = "") => new TestCaseData(message, reason, field).SetName($"Refused_{reason}_{field ?? message.Descriptor.Name}{(what.Length > 0 ? "_" + what : "")}");
    }

    [TestCaseSource(nameof(Bad))]
    public void What_a_field_may_not_hold_is_refused(IMessage message, string reason, string? field)
    {
        var judged = Gate.Judge(message, 3, default, "li.na");
        Assert.Multiple(() =>
        {
            Assert.That((judged.Reason, judged.Field), Is.EqualTo((reason, field)));
            Assert.That(judged.Bytes, Is.Empty);
        });
    }

    [Test]
    public void A_message_in_order_passes_as_it_is()
    {
        var message = new IncidentSummary { Incident = Id, Attack = "T1059.001", Tactics = { "TA0001", "TA0040" }, Severity = 5, Priority = 1, Stage = IncidentStage.Closed, DetectedAt = 1_790_000_000_000_000 };
        var judged = Gate.Judge(message, 2, default);
        Assert.Multiple(() =>
        {
            Assert.That(judged.Reason, Is.Null);
            Assert.That(judged.Bytes, Is.EqualTo(message.ToByteArray()));
            Assert.That(judged.Key, Is.EqualTo("2." + Convert.ToHexStringLower(Identity)));
            Assert.That(judged.Labels, Is.EqualTo("T1059.001TA0001TA0040".Length));
        });
    }

    [TestCase(0, "SiteHealth LedgerHead")]
    [TestCase(1, "SiteHealth IndicatorSightings BulletinAnswer LedgerHead ImpactCounts BulletinTally PackStanding PackTally")]
    [TestCase(2, "SiteHealth IncidentSummary IndicatorSightings BulletinAnswer LedgerHead ImpactCounts ImpactByVulnerability BulletinTally PackStanding PackTally")]
    [TestCase(3, "SiteHealth IncidentSummary IndicatorSightings BulletinAnswer LedgerHead ImpactCounts ImpactByVulnerability BulletinTally PackStanding PackTally IncidentRelease")]
    public void A_level_lets_out_these_messages_and_no_other(int level, string names)
    {
        IMessage[] all = [new SiteHealth(), new IncidentSummary(), new IndicatorSightings(), new BulletinAnswer(), new LedgerHead(), new ImpactCounts(), new ImpactByVulnerability(), new BulletinTally(), new PackStanding(), new PackTally(), new IncidentRelease()];
        Assert.That(string.Join(' ', all.Where(m => Gate.Judge(m, level, default, "li.na").Reason is null).Select(m => m.Descriptor.Name)), Is.EqualTo(names));
        Assert.That(all.Select(m => Gate.Judge(m, level, default, "li.na").Reason).Where(r => r is not null), Has.All.EqualTo("above-level"));
    }

    [Test]
    public void What_is_released_by_hand_passes_with_a_name_and_not_without()
    {
        var message = new IncidentRelease { Incident = Id, Attackers = { ByteString.CopyFrom(45, 155, 205, 10), ByteString.CopyFrom(System.Net.IPAddress.Parse("2a02:6b8::2:242").GetAddressBytes()) }, Domains = { "evil.example" }, FileHashes = { ByteString.CopyFrom(new byte[32]) }, Techniques = { "T1110" }, Hosts = 3 };
        Assert.Multiple(() =>
        {
            Assert.That(Gate.Judge(message, 3, default, "li.na").Bytes, Is.EqualTo(message.ToByteArray()));
            Assert.That(Gate.Judge(message, 3, default).Reason, Is.EqualTo("not-released"), "no module releases anything by itself");
            Assert.That(Gate.Judge(message, 2, default, "li.na").Reason, Is.EqualTo("above-level"));
            Assert.That(new EgressGate(new LinksSettings(), [], []).Judge(message, 3, default, "li.na").Reason, Is.EqualTo("own-address"), "where nobody knows what is the customer's, nothing is somebody else's");
        });
    }

    [Test]
    public void What_rides_along_in_fields_that_the_schema_does_not_name_stays_behind()
    {
        var smuggled = Health("Failed password for zhang.wei from 10.2.3.4");
        Assert.That(smuggled.ToByteArray().AsSpan().IndexOf("zhang.wei"u8), Is.GreaterThan(0), "the message itself carries it");
        var judged = Gate.Judge(smuggled, 0, default);
        Assert.Multiple(() =>
        {
            Assert.That(judged.Reason, Is.Null);
            Assert.That(judged.Smuggled, Is.GreaterThan(40));
            Assert.That(judged.Bytes, Is.EqualTo(new SiteHealth { Alerts = 7 }.ToByteArray()));
        });
    }

    [Test]
    public void Only_so_many_bytes_and_words_leave_within_an_hour()
    {
        var gate = new EgressGate(new LinksSettings { EgressBytesPerHour = 1000, EgressLabelBytesPerHour = 100 }, [], []);
        var message = new IncidentSummary { Incident = Id, Attack = "T1059" };
        Assert.Multiple(() =>
        {
            Assert.That(gate.Judge(message, 2, new Budget(1, 900, 95)).Reason, Is.Null);
            Assert.That(gate.Judge(message, 2, new Budget(1, 990, 0)).Reason, Is.EqualTo("over-budget"));
            Assert.That(gate.Judge(message, 2, new Budget(1, 0, 96)).Reason, Is.EqualTo("over-budget"));
        });
    }

    /// <summary>Health with a field 999 that nobody agreed on.</summary>
    internal static SiteHealth Health(string smuggled)
    {
        using var bytes = new MemoryStream();
        var output = new CodedOutputStream(bytes);
        new SiteHealth { Alerts = 7 }.WriteTo(output);
        output.WriteTag(999, WireFormat.WireType.LengthDelimited);
        output.WriteString(smuggled);
        output.Flush();
        return SiteHealth.Parser.ParseFrom(bytes.ToArray());
    }

    private static ByteString Id => ByteString.CopyFrom(Identity);

    /// <summary>Stands in for assets and indicators: one public address is an asset's, one domain is an indicator.</summary>
    private sealed class Site : IOwnAddresses, IKnownDomains
    {
        public bool IsOwn(System.Net.IPAddress address) => address.Equals(System.Net.IPAddress.Parse("45.155.205.77"));

        public bool IsKnown(string domain) => domain == "evil.example";
    }
}
