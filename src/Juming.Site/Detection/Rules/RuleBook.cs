using System.Diagnostics;
using Juming.Platform.Modules;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Packs;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Detection.Rules;

/// <summary>
/// Gathers rules from the starter pack, the settings' paths and the data folder, compiles them and swaps the set as one. Changed files are noticed;
/// a load that fails in parts puts the sound parts in force and names the rest.
/// </summary>
internal sealed partial class RuleBook(
    RulesInForce inForce, RuleModes modes, SourceSights sights, WatchedLists watched, TierContext tier, DetectionSettings settings, IServiceScopeFactory scopes, TimeProvider clock, ILogger<RuleBook> log) : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly List<string> _extra = [];
    private readonly List<FileSystemWatcher> _watchers = [];
    private Dictionary<string, SigmaDocument> _byId = [];
    private int _hasStopped;

    /// <summary>Folder in which rules of the site lie; uploads go there.</summary>
    public string Folder { get; } = Path.Combine(tier.DataFolder, "rules");

    /// <summary>Folder of uploaded files.</summary>
    public string Uploads => Path.Combine(Folder, "uploaded");

    /// <summary>Where uploaded files go when they are removed: beside the rules, so that no load reads them.</summary>
    public string RemovedUploads { get; } = Path.Combine(tier.DataFolder, "rules-removed");

    /// <summary>Everything that the last load read.</summary>
    public LoadedRules Loaded { get; private set; } = new() { Rules = [], Correlations = [], Filters = [], Refused = [] };

    /// <summary>A rule, correlation or filter of the last load, or null.</summary>
    public SigmaDocument? Find(string id) => Volatile.Read(ref _byId).GetValueOrDefault(id);

    /// <summary>When the rules in force were compiled.</summary>
    public DateTimeOffset LoadedAt { get; private set; }

    /// <summary>The rules in force.</summary>
    public ActiveRuleSet? Current => inForce.Current as ActiveRuleSet;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<DetectionDb>();
            await modes.Load(db, cancellationToken);
            await sights.Load(db, cancellationToken);
        }
        if (inForce.Current is null) await Reload(cancellationToken);
        if (!tier.Offline) Watch();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Adds paths for as long as the program runs.</summary>
    public async Task AddPaths(IReadOnlyList<string> paths, CancellationToken ct)
    {
        lock (_extra) _extra.AddRange(paths);
        await Reload(ct);
    }

    /// <summary>Reads everything anew and swaps the set.</summary>
    public async Task Reload(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var watch = Stopwatch.StartNew();
            var lists = await watched.Now(ct);
            var loaded = await Load(lists, ct);
            watched.Note(lists);
            var former = Current?.Set;
            sights.Note(Current);
            var options = new RuleSetOptions
            {
                Disabled = modes.Disabled,
                Former = former,
                IsLive = !tier.Offline,
                SecurityProcesses = settings.SecurityProcessCreation,
                LastSeen = sights.LastSeen,
            };
            var set = await Task.Run(() => new ActiveRuleSet(RuleSet.Compile(loaded, options), modes, TimeSpan.FromHours(settings.LookBackHours)), ct);
            (Loaded, LoadedAt) = (loaded, clock.GetUtcNow());
            Volatile.Write(ref _byId, loaded.Rules.Concat<SigmaDocument>(loaded.Correlations).Concat(loaded.Filters).ToDictionary(d => d.Id, StringComparer.Ordinal));
            inForce.Current = set;
            LogLoaded(log, set.Set.Rules.Count, set.Set.Correlations.Count, set.Set.Refused.Count, watch.ElapsedMilliseconds);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sets what a rule's matches do, in the set in force.</summary>
    public async Task Apply(string ruleId, RuleMode mode, CancellationToken ct)
    {
        var was = modes.Of(ruleId);
        modes.Set(ruleId, mode);
        foreach (var rule in Current?.All ?? [])
            if (rule.Id == ruleId) rule.Mode = mode;
        // Only leaving out and letting in changes what is compiled.
        if (was == RuleMode.Disabled != (mode == RuleMode.Disabled)) await Reload(ct);
    }

    /// <summary>Lists as they stand, by name.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> Lists(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<DetectionDb>().Lists.AsNoTracking().ToListAsync(ct);
        return rows.ToDictionary(r => r.Name, IReadOnlyList<string> (r) => r.Values.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Lists as rules see them: those that people fill, and the watch list.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> AllLists(CancellationToken ct) => WatchedLists.Over(await Lists(ct), await watched.Now(ct));

    /// <summary>Writes when sources were last seen.</summary>
    public async Task KeepSights(CancellationToken ct)
    {
        sights.Note(Current);
        await using var scope = scopes.CreateAsyncScope();
        await sights.Save(scope.ServiceProvider.GetRequiredService<DetectionDb>(), ct);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (tier.Offline || Interlocked.Exchange(ref _hasStopped, 1) == 1) return;
        await KeepSights(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (!await _changed.WaitAsync(WatchedLists.LookEach, stoppingToken))
                {
                    if (await watched.HaveChanged(stoppingToken)) await ReloadOrKeep(stoppingToken);
                    continue;
                }
                // A copy of a thousand files is one change.
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
                _changed.Wait(0, CancellationToken.None);
                await ReloadOrKeep(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
        base.Dispose();
    }

    private async Task ReloadOrKeep(CancellationToken ct)
    {
        try
        {
            await Reload(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The set in force stays.
            LogFailed(log, e);
        }
    }

    private async Task<LoadedRules> Load(IReadOnlyDictionary<string, IReadOnlyList<string>> watches, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        var filters = await scope.ServiceProvider.GetRequiredService<DetectionDb>().Filters.AsNoTracking().Where(f => f.ExpiresAt > now).OrderBy(f => f.Id).ToListAsync(ct);
        var lists = WatchedLists.Over(await Lists(ct), watches);
        string[] paths;
        lock (_extra) paths = [.. settings.RulePaths, Folder, .. _extra];
        return await Task.Run(() =>
        {
            var loader = new SigmaLoader(watched.Listening(lists));
            if (settings.StarterPack)
                foreach (var (name, text) in StarterPack.Read()) loader.AddText("starter/" + Path.GetFileName(name), text);
            foreach (var path in paths) loader.AddPath(path, ct);
            foreach (var filter in filters) loader.AddText("site-filter/" + filter.Id, filter.Yaml);
            return loader.Loaded();
        }, ct);
    }

    private void Watch()
    {
        foreach (var path in settings.RulePaths.Append(Folder).Select(Path.GetFullPath))
        {
            // Of a single file or zip its folder is watched: who replaces a file renames another over it.
            var isFolder = Directory.Exists(path);
            var folder = isFolder ? path : Path.GetDirectoryName(path);
            if (!Directory.Exists(folder)) continue;
            var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = isFolder, NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size };
            if (!isFolder) watcher.Filter = Path.GetFileName(path);
            watcher.Changed += Note;
            watcher.Created += Note;
            watcher.Deleted += Note;
            watcher.Renamed += Note;
            // The kernel dropped notices: something changed, nobody knows what.
            watcher.Error += (_, _) => Note();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
    }

    private void Note(object sender, FileSystemEventArgs e) => Note();

    private void Note()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // A reload is waiting already.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rules} rules and {Correlations} correlations are in force, {Refused} documents were refused; took {Milliseconds} ms")]
    private static partial void LogLoaded(ILogger log, int rules, int correlations, int refused, long milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rules could not be loaded; those in force stay")]
    private static partial void LogFailed(ILogger log, Exception error);
}
