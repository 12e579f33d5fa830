using System.Collections.Concurrent;
using Juming.Site.Detection;
using Juming.Site.Incidents;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.Move;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Incidents;

/// <summary>Whoever follows the states of incidents (playbooks, the host above) hears of each change, however it came about.</summary>
[Category("S2.6")]
internal sealed class FollowTests
{
    private readonly Heard _heard = new();
    private IncidentsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await IncidentsBench.Start(services: s => s.AddSingleton(_heard).AddTransient<INotificationHandler<IncidentStateChanged>, Listener>());

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task The_first_act_is_heard_of_whether_it_is_a_change_or_a_comment()
    {
        var (changed, commented) = ((await _bench.One()).Brief.Id, (await _bench.One()).Brief.Id);
        Assert.That((await _bench.Site.Send(new ChangeIncident { Id = changed, State = IncidentState.Acknowledged })).Error, Is.Null);
        Assert.That((await _bench.Site.Send(new CommentIncident(commented, "Looking."))).Error, Is.Null);
        Assert.That((await _bench.Site.Send(new CommentIncident(commented, "Still looking."))).Error, Is.Null);
        await Until(changed, "New>Acknowledged");
        await Until(commented, "New>Acknowledged");
    }

    [Test]
    public async Task A_step_that_takes_it_on_the_way_is_heard_of_as_two()
    {
        var id = (await _bench.One()).Brief.Id;
        Assert.That((await _bench.Site.Send(new ChangeIncident { Id = id, State = IncidentState.Judged, Verdict = Verdict.FalsePositive, Reason = "A scanner of ours." })).Error, Is.Null);
        await Until(id, "New>Acknowledged Acknowledged>Judged");
    }

    [Test]
    public async Task What_is_merged_and_taken_apart_again_is_heard_of()
    {
        var (from, into) = ((await _bench.One()).Brief.Id, (await _bench.One()).Brief.Id);
        var move = (await _bench.Site.Send(new MergeIncidents(into, [from]))).Value.Single();
        await Until(from, "New>Merged");
        await Until(into, "New>Acknowledged");
        Assert.That((await _bench.Site.Send(new UndoMove(move))).Error, Is.Null);
        await Until(from, "New>Merged Merged>New");
    }

    private async Task Until(Guid incident, string steps)
    {
        for (var i = 0; i < 200 && _heard.Of(incident) != steps; i++) await Task.Delay(50);
        Assert.That(_heard.Of(incident), Is.EqualTo(steps));
    }

    private sealed class Heard
    {
        private readonly ConcurrentQueue<IncidentStateChanged> _all = new();

        public void Add(IncidentStateChanged one) => _all.Enqueue(one);

        public string Of(Guid incident) => string.Join(' ', _all.Where(c => c.Incident == incident).Distinct().Select(c => $"{c.From}>{c.To}"));
    }

    private sealed class Listener(Heard heard) : INotificationHandler<IncidentStateChanged>
    {
        public Task Handle(IncidentStateChanged notification, CancellationToken cancellationToken)
        {
            heard.Add(notification);
            return Task.CompletedTask;
        }
    }
}
