using System.Collections.Concurrent;
using Juming.Platform.Events;
using Juming.Platform.Links;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Data;

/// <summary>What a neighbour sent is handled in its order, also when something fails in between.</summary>
[Category("X2")]
internal sealed class OrderedEventsTests : INotificationHandler<RecordArrived>
{
    private const int OfNobody = 999_999;

    private readonly ConcurrentQueue<(Guid Peer, long Seq)> _handled = new();
    private int _failures;
    private RunningTier _tier = null!;

    [SetUp]
    public async Task Start()
    {
        _failures = 0;
        _handled.Clear();
        _tier = await RunningTier.Start("operator", services: s => s.AddSingleton<INotificationHandler<RecordArrived>>(this));
    }

    [TearDown]
    public Task Stop() => _tier.DisposeAsync().AsTask();

    public Task Handle(RecordArrived notification, CancellationToken cancellationToken)
    {
        if (notification.Type != OfNobody) return Task.CompletedTask;
        if (notification.Seq == 1 && notification.Key == "fails" && Interlocked.Decrement(ref _failures) >= 0) throw new InvalidOperationException("not now");
        _handled.Enqueue((notification.Peer, notification.Seq));
        return Task.CompletedTask;
    }

    [Test]
    public async Task Those_behind_one_that_failed_wait_for_it_and_others_do_not()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        _failures = 2;
        await Publish(Of(one, 1, "fails"), Of(one, 2), Of(other, 1), Of(one, 3));
        await Until(4);
        Assert.That(_handled.Where(h => h.Peer == one).Select(h => h.Seq), Is.EqualTo(new[] { 1L, 2L, 3L }));
        Assert.That(_handled.First(), Is.EqualTo((other, 1L)), "whoever has nothing to do with it goes on");
    }

    [Test]
    public async Task One_that_fails_for_good_is_left_to_an_administrator_and_those_behind_it_go_on()
    {
        var one = Guid.CreateVersion7();
        _failures = int.MaxValue;
        var poison = Of(one, 1, "fails");
        poison.Attempts = 9;
        await Publish(poison, Of(one, 2), Of(one, 3));
        await Until(2);
        Assert.That(_handled.Select(h => h.Seq), Is.EqualTo(new[] { 2L, 3L }));
    }

    private static OutboxRow Of(Guid peer, long seq, string key = "") => OutboxRow.Of(new RecordArrived(peer, 3, seq, OfNobody, key, 1, []));

    private async Task Publish(params OutboxRow[] rows)
    {
        await using var scope = _tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OutboxDb>();
        db.AddRange(rows);
        await db.SaveChangesAsync();
    }

    private async Task Until(int count)
    {
        for (var i = 0; i < 600 && _handled.Count < count; i++) await Task.Delay(50);
        Assert.That(_handled, Has.Count.EqualTo(count));
    }
}
