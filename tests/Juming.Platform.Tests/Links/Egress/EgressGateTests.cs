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
    private static readonly EgressGate Gate = new(new LinksSettings());

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
        yield return Case("unknown-message", null, new Juming.Contracts.Link.Hello { Build = "1" });

        static TestCaseData Case(string reason, string? field, IMessage message) => new TestCaseData(message, reason, field).SetName($"Refused_{reason}_{field ?? message.Descriptor.Name}");
    }

    [TestCaseSource(nameof(Bad))]
    public void What_a_field_may_not_hold_is_refused(IMessage message, string reason, string? field)
    {
        var judged = Gate.Judge(message, 3, default);
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
    [TestCase(1, "SiteHealth IndicatorSightings BulletinAnswer LedgerHead ImpactCounts BulletinTally")]
    [TestCase(2, "SiteHealth IncidentSummary IndicatorSightings BulletinAnswer LedgerHead ImpactCounts ImpactByVulnerability BulletinTally")]
    [TestCase(3, "SiteHealth IncidentSummary IndicatorSightings BulletinAnswer LedgerHead ImpactCounts ImpactByVulnerability BulletinTally")]
    public void A_level_lets_out_these_messages_and_no_other(int level, string names)
    {
        IMessage[] all = [new SiteHealth(), new IncidentSummary(), new IndicatorSightings(), new BulletinAnswer(), new LedgerHead(), new ImpactCounts(), new ImpactByVulnerability(), new BulletinTally()];
        Assert.That(string.Join(' ', all.Where(m => Gate.Judge(m, level, default).Reason is null).Select(m => m.Descriptor.Name)), Is.EqualTo(names));
        Assert.That(all.Select(m => Gate.Judge(m, level, default).Reason).Where(r => r is not null), Has.All.EqualTo("above-level"));
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
        var gate = new EgressGate(new LinksSettings { EgressBytesPerHour = 1000, EgressLabelBytesPerHour = 100 });
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
}
