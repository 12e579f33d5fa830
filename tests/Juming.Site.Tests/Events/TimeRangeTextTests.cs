using Juming.Platform.Web;
using Juming.Site.Events.Find;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class TimeRangeTextTests
{
    // Friday 27 November 2026, 19:00 at the site (UTC+8).
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 11, 0, 0, TimeSpan.Zero);

    [TestCase("昨天 14:00-16:00", "2026-11-26T06:00:00Z", "2026-11-26T08:00:00Z")]
    [TestCase("昨天14:00至16:00", "2026-11-26T06:00:00Z", "2026-11-26T08:00:00Z")]
    [TestCase("昨天 14点到16点30分", "2026-11-26T06:00:00Z", "2026-11-26T08:30:00Z")]
    [TestCase("昨天 22：00～02：00", "2026-11-26T14:00:00Z", "2026-11-26T18:00:00Z")]
    [TestCase("yesterday 14:00 to 16:00", "2026-11-26T06:00:00Z", "2026-11-26T08:00:00Z")]
    [TestCase("9:00-10:30", "2026-11-27T01:00:00Z", "2026-11-27T02:30:00Z")]
    [TestCase("2026-11-20 22:00 ~ 2026-11-21 02:00", "2026-11-20T14:00:00Z", "2026-11-20T18:00:00Z")]
    [TestCase("2026/11/20 22:00:05 - 23:00", "2026-11-20T14:00:05Z", "2026-11-20T15:00:00Z")]
    [TestCase("2026-11-20", "2026-11-19T16:00:00Z", "2026-11-20T16:00:00Z")]
    [TestCase("2026-11-20 - 2026-11-21", "2026-11-19T16:00:00Z", "2026-11-21T16:00:00Z")]
    [TestCase("11月20日", "2026-11-19T16:00:00Z", "2026-11-20T16:00:00Z")]
    [TestCase("2025年11月20日 8:00 至 9:00", "2025-11-20T00:00:00Z", "2025-11-20T01:00:00Z")]
    [TestCase("12-25 08:00", "2025-12-25T00:00:00Z", "2025-12-25T00:15:00Z")]
    [TestCase("Nov 20 14:03:11", "2026-11-20T06:03:11Z", "2026-11-20T06:18:11Z")]
    [TestCase("2026-11-20T14:00:00Z/2026-11-20T16:00:00Z", "2026-11-20T14:00:00Z", "2026-11-20T16:00:00Z")]
    [TestCase("2026-11-20T14:00:00.250+08:00", "2026-11-20T06:00:00.25Z", "2026-11-20T06:15:00.25Z")]
    [TestCase("2026-11-20T14:00:00 2026-11-20T15:00:00+0900", "2026-11-20T06:00:00Z", "2026-11-20T06:00:00Z", false)]
    [TestCase("1764226800", "2025-11-27T07:00:00Z", "2025-11-27T07:15:00Z")]
    [TestCase("1764226800-1764230400", "2025-11-27T07:00:00Z", "2025-11-27T08:00:00Z")]
    [TestCase("1764226800123", "2025-11-27T07:00:00.123Z", "2025-11-27T07:15:00.123Z")]
    [TestCase("最近 3 小时", "now-3h", "now")]
    [TestCase("last 90 min", "now-90m", "now")]
    [TestCase("2w", "now-14d", "now")]
    [TestCase("昨天", "now-1d/d", "now/d")]
    [TestCase("Today", "now/d", "now")]
    public void People_write_times_in_many_ways(string text, string from, string to, bool fits = true) =>
        Assert.That(TimeRangeText.Read(text, Now, SiteZone.Zone), Is.EqualTo(fits ? ((string, string)?)(from, to) : null));

    [TestCase("")]
    [TestCase("tea time")]
    [TestCase("2026-13-01")]
    [TestCase("2026-02-30 10:00")]
    [TestCase("25:00")]
    [TestCase("14:00 15:00 16:00")]
    [TestCase("2026-11-20 16:00 - 2026-11-20 14:00")]
    [TestCase("0001-01-01")]
    [TestCase("9999999999999999999")]
    [TestCase("last 0 h")]
    [TestCase("last 999999 days")]
    [TestCase("昨天 <script>")]
    public void What_is_no_time_is_not_guessed(string text) => Assert.That(TimeRangeText.Read(text, Now, SiteZone.Zone), Is.Null);

    [Test]
    public void Any_text_is_read_or_left()
    {
        var random = new Random(5);
        string[] pieces = ["昨天", "2026", "-", "/", ":", "11", "20", "T", "Z", "+08", " ", "点", "日", "月", "年", "14:00", "to", "9999999999", "Feb 29", "last", "h", ".", "~", "\0", "٣"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (TimeRangeText.Read(text, Now, TimeZoneInfo.Utc) is not { } range) continue;
            Assert.That(TimeSpanText.Read(range.From, Now), Is.LessThan(TimeSpanText.Read(range.To, Now)!.Value), text);
        }
    }

    [Test]
    public void A_day_begins_when_it_begins_at_the_site()
    {
        Assert.Multiple(() =>
        {
            Assert.That(TimeSpanText.Read("now-1d/d", Now), Is.EqualTo(new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.FromHours(8))));
            Assert.That(TimeSpanText.Read("now/d", Now), Is.EqualTo(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.FromHours(8))));
            Assert.That(TimeSpanText.Read("now", Now), Is.EqualTo(Now));
            Assert.That(TimeSpanText.Read("now-999999d", Now), Is.Null);
            Assert.That(TimeSpanText.Read("now-1d/h", Now), Is.Null);
        });
    }
}
