using Juming.Site.Collection.Sources;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

[Category("S2")]
public sealed class SilenceWatchTests
{
    private const long Second = 1_000_000;

    [Test]
    public void A_sender_without_a_habit_is_never_silent()
    {
        var watch = new SilenceWatch();
        for (var i = 0; i < 10; i++) watch.Heard(1000 * Second + (i * 5 * Second));
        Assert.That(watch.IsSilent(100_000 * Second), Is.False);
    }

    [Test]
    public void A_steady_sender_is_silent_after_five_minutes_and_not_before()
    {
        var watch = new SilenceWatch();
        for (var i = 0; i < 100; i++) watch.Heard(1000 * Second + (i * 2 * Second));
        var last = (1000 + 198) * Second;
        Assert.Multiple(() =>
        {
            Assert.That(watch.SilentAfterSeconds, Is.EqualTo(300));
            Assert.That(watch.IsSilent(last + (299 * Second)), Is.False);
            Assert.That(watch.IsSilent(last + (301 * Second)), Is.True);
        });
    }

    [Test]
    public void A_sender_that_reports_hourly_is_given_hours()
    {
        var watch = new SilenceWatch();
        for (var i = 0; i < 60; i++) watch.Heard(1000 * Second + (i * 3600L * Second));
        Assert.That(watch.SilentAfterSeconds, Is.GreaterThan(2 * 3600));
    }

    [Test]
    public void A_sender_of_many_lines_a_second_is_silent_after_five_minutes()
    {
        var watch = new SilenceWatch();
        for (var i = 0; i < 100; i++) watch.Heard((1000 * Second) + (i * Second / 10));
        Assert.That(watch.IsSilent(1010 * Second + (301 * Second)), Is.True);
    }

    [Test]
    public void A_habit_outlives_a_restart_and_the_time_without_a_listener_is_nobodys_silence()
    {
        var learned = new SilenceWatch();
        for (var i = 0; i < 60; i++) learned.Heard(1000 * Second + (i * 3600L * Second));
        var watch = new SilenceWatch();
        watch.Restore(learned.Habit, 9_000_000 * Second);
        Assert.Multiple(() =>
        {
            Assert.That(watch.SilentAfterSeconds, Is.EqualTo(learned.SilentAfterSeconds));
            Assert.That(watch.IsSilent(9_000_001 * Second), Is.False);
            Assert.That(watch.IsSilent((9_000_000 + learned.SilentAfterSeconds!.Value + 1) * Second), Is.True);
        });
    }

    [TestCase("")]
    [TestCase("x,-1,99999999999999999999")]
    [TestCase(null)]
    public void A_broken_habit_is_no_habit(string? habit)
    {
        var watch = new SilenceWatch();
        watch.Restore(habit, 1000 * Second);
        Assert.That(watch.SilentAfterSeconds, Is.Null);
    }

    [Test]
    public void A_line_ends_the_silence()
    {
        var watch = new SilenceWatch();
        for (var i = 0; i < 100; i++) watch.Heard(1000 * Second + (i * 2 * Second));
        watch.Heard(9000 * Second);
        Assert.That(watch.IsSilent(9001 * Second), Is.False);
    }
}
