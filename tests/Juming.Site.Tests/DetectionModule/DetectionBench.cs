using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Jobs;
using Juming.Platform.Modules;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Rules;
using Juming.Site.Events;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Detected = Juming.Site.Detection.DetectionModule;

namespace Juming.Site.Tests.DetectionModule;

/// <summary>Detection alone on a real SQLite file; the event store is a list that outlives it, so that a crash can be played.</summary>
internal sealed class DetectionBench : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly EventBatch _batch = new();

    private readonly GrowthLog _growth;

    private DetectionBench(IHost host, GrowthLog growth) => (_host, _growth) = (host, growth);

    /// <summary>What was announced of alerts that grew, since this start.</summary>
    public List<Juming.Site.Detection.GrownAlert> Grown => _growth.All;

    public IEventStore Store => Services.GetRequiredService<IEventStore>();

    public IServiceProvider Services => _host.Services;

    public DetectionMatcher Matcher => Services.GetRequiredService<DetectionMatcher>();

    public AlertWriter Writer => Services.GetRequiredService<AlertWriter>();

    /// <param name="folder">Data folder, kept by the caller.</param>
    /// <param name="store">What was stored before; null: the real store in the folder.</param>
    /// <param name="rules">Rules in force; null: those that the module loads.</param>
    /// <param name="writes">False: the writer never commits by itself, so that ending without a flush is a crash.</param>
    /// <param name="offline">As a replay.</param>
    /// <param name="settings">Further settings.</param>
    /// <param name="beside">A module that runs beside it.</param>
    public static async Task<DetectionBench> Start(string folder, ListStore? store, IActiveRules? rules = null, bool writes = true, bool offline = false, Dictionary<string, string?>? settings = null, Module? beside = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(settings ?? []) { ["Modules:Detection:CommitMilliseconds"] = writes ? "20" : "10000" });
        Module[] modules = store is null ? [new Juming.Site.Events.EventsModule(), new Detected()] : [new Detected()];
        var tier = new TierDefinition("site", 3, 0, beside is null ? modules : [.. modules, beside]);
        builder.Services.AddTier(new TierContext(tier, folder, offline), builder.Configuration);
        builder.Services.AddLogging(l => l.AddSimpleConsole().SetMinimumLevel(LogLevel.Error));
        if (store is not null) builder.Services.AddSingleton<IEventStore>(store);
        builder.Services.AddSingleton<ILineNormalizer, PairNormalizer>().AddSingleton<ISourceDirectory, NoSources>();
        builder.Services.AddScoped<IAuditTrail, NoAudit>().AddSingleton<IActorSource, NoActor>();
        var growth = new GrowthLog();
        builder.Services.AddSingleton<INotificationHandler<Juming.Site.Detection.AlertsGrown>>(growth);
        // The data of tests is years old: what lets go of old data, at full minutes, would take it away in the middle of one.
        foreach (var ticker in builder.Services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.DeclaringType == typeof(RecurringJobs)).ToList()) builder.Services.Remove(ticker);
        var host = builder.Build();
        SchemaUpgrade.Run(host.Services.GetRequiredService<Database>(), PlatformServices.Assemblies(tier.Modules));
        if (rules is not null) host.Services.GetRequiredService<RulesInForce>().Current = rules;
        await host.StartAsync();
        return new DetectionBench(host, growth);
    }

    /// <summary>Makes and stores a batch; matching is the caller's.</summary>
    public async Task<EventBatch> Keep(params string[] lines)
    {
        var batch = new EventBatch(64);
        await Fill(batch, lines);
        return batch;
    }

    /// <summary>Stores and matches a batch of lines like "t=60 source.ip=1.2.3.4 message=bad".</summary>
    public async Task Take(params string[] lines)
    {
        await Fill(_batch, lines);
        Matcher.Match(_batch);
    }

    public async Task Settle()
    {
        var upTo = Store.LastSequence;
        var until = TimeProvider.System.GetTimestamp();
        while (Writer.Committed < upTo || await Writer.CommitReady(true, CancellationToken.None))
        {
            if (TimeProvider.System.GetElapsedTime(until) > TimeSpan.FromSeconds(20)) throw new TimeoutException($"committed {Writer.Committed} of {upTo}");
            await Writer.CommitReady(true, CancellationToken.None);
            await Task.Delay(10);
        }
    }

    public async Task<List<AlertRow>> Alerts()
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DetectionDb>().Alerts.AsNoTracking().OrderBy(a => a.FirstAt).ToListAsync();
    }

    public async Task<T> Read<T>(Func<DetectionDb, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<DetectionDb>());
    }

    public async Task<Result<T>> Send<T>(IRequest<Result<T>> request, Actor? actor = null)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(actor ?? Actor.CommandLine, request);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>
    /// Ends without the orderly stop, as a killed process would: nothing that waits is written. A process that is gone does nothing any more, so what is under way here is waited for; a commit of
    /// its that came while the next host reads where it stands would be one of two writers.
    /// </summary>
    public async Task Crash()
    {
        var loops = Services.GetServices<IHostedService>().OfType<BackgroundService>().Select(s => s.ExecuteTask).OfType<Task>().ToList();
        _host.Dispose();
        foreach (var loop in loops) await loop.WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.That(loops.Where(l => !l.IsCompleted), Is.Empty, "all of it has ended");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    private async Task Fill(EventBatch batch, string[] lines)
    {
        batch.Clear();
        var normalizer = new PairNormalizer();
        foreach (var line in lines)
        {
            normalizer.Normalize(batch, Encoding.UTF8.GetBytes(line), new LineContext { Received = 1_700_000_000_000_000, SourceId = 1, Line = batch.Count + 1, Source = new SourceMemory() });
            batch.Current.Id = Guid.CreateVersion7();
        }
        await Store.Append(batch, new BatchCommit(), CancellationToken.None);
    }

    private sealed class GrowthLog : INotificationHandler<Juming.Site.Detection.AlertsGrown>
    {
        private readonly List<Juming.Site.Detection.GrownAlert> _all = [];

        public List<Juming.Site.Detection.GrownAlert> All { get { lock (_all) return [.. _all]; } }

        public Task Handle(Juming.Site.Detection.AlertsGrown notification, CancellationToken cancellationToken)
        {
            lock (_all) _all.AddRange(notification.Alerts);
            return Task.CompletedTask;
        }
    }

    private sealed class NoSources : ISourceDirectory
    {
        public string NameOf(int sourceId) => "#" + sourceId;
        public SourceMemory MemoryOf(int sourceId) => new();
        public IReadOnlyDictionary<string, DateTimeOffset> LiveDatasets => new Dictionary<string, DateTimeOffset>();
    }

    private sealed class NoAudit : IAuditTrail
    {
        public Task Append(AuditEntry entry, CancellationToken ct) => Task.CompletedTask;
    }

    private sealed class NoActor : IActorSource
    {
        public ValueTask<Actor> Current(CancellationToken ct) => ValueTask.FromResult(Actor.CommandLine);
    }
}

/// <summary>An event store in memory that outlives the host.</summary>
internal sealed class ListStore : IEventStore
{
    private readonly Lock _gate = new();
    private readonly List<StoredBatch> _batches = [];

    public long LastSequence { get { lock (_gate) return _batches.Count; } }

    public Task<long> Append(EventBatch batch, BatchCommit commit, CancellationToken ct)
    {
        lock (_gate)
        {
            batch.Sequence = _batches.Count + 1;
            var lines = new List<StoredLine>();
            for (var i = 0; i < batch.Count; i++)
            {
                var e = batch.Events[i];
                lines.Add(new StoredLine(e.Id, e.Received, e.SourceId, e.Line, batch.Raw(i).ToArray()));
            }
            _batches.Add(new StoredBatch(batch.Sequence, lines));
            return Task.FromResult(batch.Sequence);
        }
    }

    public async IAsyncEnumerable<StoredBatch> ReadAfter(long sequence, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var i = (int)sequence; ; i++)
        {
            StoredBatch batch;
            lock (_gate)
            {
                if (i >= _batches.Count) yield break;
                batch = _batches[i];
            }
            if (batch.Lines.Count > 0) yield return batch;
            await Task.Yield();
        }
    }

    public Task<string?> ReadMark(string key, CancellationToken ct) => Task.FromResult<string?>(null);

    public Task<IReadOnlyDictionary<string, string>> ReadMarks(string prefix, CancellationToken ct) => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
}

/// <summary>Reads "t=SECONDS name=value name=value"; "r=SECONDS" or "r=now" is the receipt, "suspect=1" a time that is not to be believed.</summary>
internal sealed class PairNormalizer : ILineNormalizer
{
    public void Normalize(EventBatch batch, ReadOnlySpan<byte> line, in LineContext context)
    {
        batch.Begin(line, context.Received, context.SourceId, context.Line);
        foreach (var pair in Encoding.UTF8.GetString(line).Split(' '))
        {
            var at = pair.IndexOf('=');
            if (at < 0) continue;
            if (pair[..at] == "t") batch.Current.Time = 1_700_000_000_000_000 + (long)(double.Parse(pair[(at + 1)..]) * 1_000_000);
            else if (pair[..at] == "r") batch.Current.Received = pair[(at + 1)..] == "now" ? TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000 : 1_700_000_000_000_000 + (long)(double.Parse(pair[(at + 1)..]) * 1_000_000);
            else if (pair[..at] == "suspect") batch.Current.Flags |= EventFlags.TimeSuspect;
            else batch.Add(FieldNames.Intern(pair.AsSpan(0, at)), pair.AsSpan(at + 1));
        }
    }
}

/// <summary>Rules that hold when the message has their word.</summary>
internal sealed class WordRules(params AlertRule[] rules) : IActiveRules
{
    public TimeSpan LookBack => TimeSpan.Zero;

    public IReadOnlyList<AlertRule> Rules => rules;

    public static WordRules For(params string[] words) => new([.. words.Select(w => new AlertRule { Id = w, Title = w, Severity = Juming.Site.Detection.Severity.High })]);

    public void Match(EventBatch batch, BatchMatches into, Action<Juming.Site.Detection.ObservedMatch>? observer)
    {
        for (var i = 0; i < batch.Count; i++)
            foreach (var rule in rules)
                if (batch.Text(i, Field.Message)?.Contains(rule.Id, StringComparison.Ordinal) == true)
                {
                    into.Add(batch, i, rule, []);
                    observer?.Invoke(new Juming.Site.Detection.ObservedMatch(rule.Id, batch.Events[i].SourceId, batch.Events[i].Line, rule.Title, rule.Severity));
                }
    }
}
