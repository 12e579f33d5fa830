using Juming.Contracts.Indicators;
using NUnit.Framework;

namespace Juming.Cloud.Tests.Indicators;

/// <summary>The number of a set as a time; a host below may send any.</summary>
[Category("C1.3")]
internal sealed class SetVersionTests
{
    [TestCase(1_795_939_200_000, "2026-11-29T08:00:00Z")]
    [TestCase(253_402_300_799_999, "9999-12-31T23:59:59.999Z")]
    [TestCase(253_402_300_800_000, null)]
    [TestCase(long.MaxValue, null)]
    [TestCase(long.MinValue, null)]
    [TestCase(0, null)]
    [TestCase(41, null)]
    public void A_version_is_the_time_of_its_set_or_no_time_at_all(long version, string? expected) =>
        Assert.That(SetVersion.MadeAt(version), Is.EqualTo(expected is null ? null : (DateTimeOffset?)DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture)));
}
