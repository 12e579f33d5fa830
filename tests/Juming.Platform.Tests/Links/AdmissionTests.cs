using Juming.Platform.Links.Upper;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>How many are let in, and when. By a clock that moves when it is told to: nothing here depends on how fast the machine is.</summary>
[Category("X1")]
internal sealed class AdmissionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Those_who_come_together_are_let_in_at_a_pace()
    {
        var clock = new FakeTimeProvider();
        using var admission = new Admission(clock);
        var turns = Enumerable.Range(0, admission.PerSecond * 3).Select(_ => admission.Turn(CancellationToken.None)).ToList();
        await Run(clock, TimeSpan.FromSeconds(2));
        Assert.That(turns.Count(t => t.IsCompleted), Is.InRange(admission.PerSecond * 3 / 2, (admission.PerSecond * 2) + 5));
        await Run(clock, TimeSpan.FromSeconds(3));
        Assert.That(await Task.WhenAll(turns).WaitAsync(Patience), Has.All.True);
    }

    [Test]
    public async Task While_work_waits_long_fewer_come_in_but_never_none()
    {
        var clock = new FakeTimeProvider();
        using var admission = new Admission(clock);
        var turns = Enumerable.Range(0, admission.PerSecond * 3).Select(_ => admission.Turn(CancellationToken.None)).ToList();
        for (var i = 0; i < 20; i++)
        {
            admission.Took(TimeSpan.FromSeconds(2));
            await Run(clock, TimeSpan.FromMilliseconds(100));
        }
        var strained = turns.Count(t => t.IsCompleted);
        Assert.That(strained, Is.InRange(2, admission.PerSecond / 4));
        await Run(clock, TimeSpan.FromSeconds(2));
        Assert.That(turns.Count(t => t.IsCompleted), Is.GreaterThan(strained + (admission.PerSecond / 2)), "when the strain is over, the pace is as before");
        await Run(clock, TimeSpan.FromSeconds(10));
        await Task.WhenAll(turns).WaitAsync(Patience);
    }

    [Test]
    public async Task Whoever_would_wait_too_long_is_turned_away_at_once_and_one_that_leaves_makes_room()
    {
        var clock = new FakeTimeProvider();
        using var admission = new Admission(clock);
        using var leaves = new CancellationTokenSource();
        // The first does not wait; after it there is room for ten seconds' worth.
        var turns = Enumerable.Range(0, (admission.PerSecond * 10) + 1).Select(_ => admission.Turn(leaves.Token)).ToList();
        Assert.That(await admission.Turn(CancellationToken.None).WaitAsync(Patience), Is.False, "there was room");
        await leaves.CancelAsync();
        Assert.That((await Task.WhenAll(turns).WaitAsync(Patience)).Count(t => t), Is.LessThan(10));
        var next = admission.Turn(CancellationToken.None);
        await Run(clock, TimeSpan.FromSeconds(1));
        Assert.That(await next.WaitAsync(Patience));
    }

    /// <summary>Lets time go on in small steps; after each, what waited for it has run.</summary>
    private static async Task Run(FakeTimeProvider clock, TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(5);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            clock.Advance(step);
            await Task.Delay(1);
        }
    }
}
