using System.Collections.Concurrent;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Collection;
using Juming.Site.Detection;
using Juming.Site.Incidents;
using Juming.Site.Incidents.List;
using Juming.Site.Incidents.Open;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tests.Incidents;

/// <summary>A running site whose alerts are given by the test: they come in as detection announces them.</summary>
internal sealed class IncidentsBench : IAsyncDisposable
{
    private static int _networks;

    private readonly AlertBook _book;

    private IncidentsBench(RunningTier site, AlertBook book) => (Site, _book) = (site, book);

    public RunningTier Site { get; }

    /// <summary>Noon of a day; alerts are so many minutes after it.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 3, 2, 4, 0, 0, TimeSpan.Zero);

    public static async Task<IncidentsBench> Start(string? folder = null, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var book = new AlertBook();
        // Nothing listens for logs: what comes in comes from the test.
        return new IncidentsBench(await RunningTier.Start("site", folder, settings, s =>
        {
            s.AddScoped<IAlertDirectory>(_ => book).AddSingleton(new CollectionSettings { Udp = [], Tcp = [] });
            services?.Invoke(s);
        }), book);
    }

    /// <summary>An address of a network that no other test uses.</summary>
    public static Func<int, string> Network()
    {
        var network = Interlocked.Increment(ref _networks);
        return host => $"10.{network / 250}.{network % 250}.{host}";
    }

    public static AlertView Alert(double minute, Severity severity = Severity.High, string? attacker = null, string? victim = null, string? host = null, string? account = null, string tactic = "", string technique = "", AttackResult result = AttackResult.Attempted, string title = "A rule") => new()
    {
        Id = Guid.CreateVersion7(),
        RuleId = "rule-" + title,
        Title = title,
        Severity = severity,
        FirstAt = Noon.AddMinutes(minute),
        LastAt = Noon.AddMinutes(minute),
        DetectedAt = Noon.AddMinutes(minute + 1),
        Count = 1,
        Attacker = attacker,
        Victim = victim,
        Host = host,
        Account = account,
        Result = result,
        Tactics = tactic.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Techniques = technique.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Events = [],
        Matched = new Dictionary<string, string>(),
    };

    /// <summary>Announces alerts as one batch.</summary>
    public async Task Raise(params AlertView[] alerts)
    {
        foreach (var alert in alerts) _book.Alerts[alert.Id] = alert;
        await Announce([.. alerts.Select(a => a.Id)]);
    }

    /// <summary>Announces alerts that are forgotten afterwards, so that the test's own memory does not count.</summary>
    public async Task RaiseOnce(AlertView[] alerts)
    {
        await Raise(alerts);
        foreach (var alert in alerts) _book.Alerts.TryRemove(alert.Id, out _);
    }

    public async Task Announce(IReadOnlyList<Guid> ids)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        await scope.ServiceProvider.GetRequiredService<IMediator>().Publish(new AlertsRaised(ids));
    }

    /// <summary>Incidents with a party, the earliest number first.</summary>
    public async Task<IReadOnlyList<IncidentBrief>> About(string party) =>
        [.. (await Site.Send(new ListIncidents { View = "all", Entity = party, Take = 200 })).Value.Items.OrderBy(i => i.Number)];

    public async Task<IncidentDossier> Read(Guid id) => (await Site.Send(new GetIncident(id.ToString()))).Value;

    /// <summary>One incident about parties that nothing else knows.</summary>
    public async Task<IncidentDossier> One(int alerts = 1, Func<int, string>? network = null)
    {
        var at = network ?? Network();
        await Raise([.. Enumerable.Range(0, alerts).Select(i => Alert(i, attacker: at(1), victim: at(2), title: "Rule " + i))]);
        return await Read((await About(at(1))).Single().Id);
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();

    private sealed class AlertBook : IAlertDirectory
    {
        public ConcurrentDictionary<Guid, AlertView> Alerts { get; } = new();

        public Task<IReadOnlyList<AlertView>> Read(IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<AlertView>>([.. ids.Where(Alerts.ContainsKey).Select(i => Alerts[i])]);
    }
}
