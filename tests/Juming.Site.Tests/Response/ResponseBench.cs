using System.Text.Json.Nodes;
using Juming.Platform.Access;
using Juming.Platform.Events;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Site.Approvals;
using Juming.Site.Blocking;
using Juming.Site.Collection;
using Juming.Site.Detection;
using Juming.Site.DeviceLinkage;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Engine;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Runs;
using Juming.Site.Tests.Incidents;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Response;

/// <summary>A running site with fakes of the modules that playbooks act through, and an action of its own that counts.</summary>
internal sealed class ResponseBench : IAsyncDisposable
{
    private static readonly System.Text.Json.JsonSerializerOptions Sparse = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static int _networks;

    private ResponseBench(IncidentsBench incidents, FakeApprovals approvals, FakeBlocks blocks, FakeNotices notices, FakeConsoles consoles, TallyAction tally) =>
        (Incidents, Approvals, Blocks, Notices, Consoles, Tally) = (incidents, approvals, blocks, notices, consoles, tally);

    public IncidentsBench Incidents { get; }

    public RunningTier Site => Incidents.Site;

    public FakeApprovals Approvals { get; }

    public FakeBlocks Blocks { get; }

    public FakeNotices Notices { get; }

    public FakeConsoles Consoles { get; }

    public TallyAction Tally { get; }

    public static async Task<ResponseBench> Start(string? folder = null, Dictionary<string, string?>? settings = null, TallyAction? tally = null, IRunPoints? points = null, FakeBlocks? blocks = null, bool realNotices = false, Action<IServiceCollection>? services = null)
    {
        var fakes = (Approvals: new FakeApprovals(), Blocks: blocks ?? new FakeBlocks(), Notices: new FakeNotices(), Consoles: new FakeConsoles(), Tally: tally ?? new TallyAction());
        var all = new Dictionary<string, string?> { ["Modules:Response:LookMilliseconds"] = "50", ["Modules:Response:RetrySeconds:0"] = "0" };
        foreach (var (key, value) in settings ?? []) all[key] = value;
        var incidents = await IncidentsBench.Start(folder, all, own =>
        {
            own.AddSingleton<IApprovalDesk>(fakes.Approvals).AddSingleton<IBlockList>(fakes.Blocks).AddSingleton<IDeviceConsoles>(fakes.Consoles);
            if (!realNotices) own.AddSingleton<INotices>(fakes.Notices);
            own.AddSingleton<IResponseAction>(fakes.Tally);
            if (points is not null) own.AddSingleton(points);
            services?.Invoke(own);
        });
        return new ResponseBench(incidents, fakes.Approvals, fakes.Blocks, fakes.Notices, fakes.Consoles, fakes.Tally);
    }

    /// <summary>A document of these steps; "first" is where it starts. Step names become identities.</summary>
    public static string Document(string first, object steps, string name = "Test", object? variables = null, object? own = null, string? exception = null, string? id = null)
    {
        var ids = new Dictionary<string, string>();
        var source = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(steps, Sparse)!;
        foreach (var (key, value) in source) ids[key] = $"{value!["type"]}--{Guid.NewGuid()}";
        var workflow = new JsonObject();
        foreach (var (key, value) in source) workflow[ids[key]] = Translate(value!.DeepClone(), key);
        var document = new JsonObject
        {
            ["type"] = "playbook",
            ["spec_version"] = "cacao-2.0",
            ["id"] = id ?? $"playbook--{Guid.NewGuid()}",
            ["name"] = name,
            ["created_by"] = "identity--0c1f7a52-55f5-4b52-8a55-4b8f0f1f9a10",
            ["created"] = "2026-11-01T00:00:00.000Z",
            ["modified"] = "2026-11-01T00:00:00.000Z",
            ["workflow_start"] = ids[first],
            ["workflow"] = workflow,
        };
        if (exception is not null) document["workflow_exception"] = ids[exception];
        if (variables is not null) document["playbook_variables"] = System.Text.Json.JsonSerializer.SerializeToNode(variables);
        if (own is not null) document["playbook_extensions"] = new JsonObject { [Vocabulary.Extension] = System.Text.Json.JsonSerializer.SerializeToNode(own) };
        return document.ToJsonString();

        JsonNode Translate(JsonNode step, string key)
        {
            step["name"] ??= key;
            if ((string?)step["type"] == "action") step["agent"] ??= "organization--0c1f7a52-55f5-4b52-8a55-4b8f0f1f9a11";
            foreach (var member in new[] { "on_completion", "on_success", "on_failure", "on_true", "on_false" })
                if ((string?)step[member] is { } target) step[member] = ids[target];
            if (step["next_steps"] is JsonArray branches) step["next_steps"] = new JsonArray([.. branches.Select(b => (JsonNode)ids[(string)b!])]);
            if (step["cases"] is JsonObject cases) step["cases"] = new JsonObject(cases.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)ids[(string)c.Value!])));
            return step;
        }
    }

    /// <summary>A command of ours.</summary>
    public static object[] Do(string capability, object? args = null) => [new { type = Vocabulary.CapabilityCommand, capability, args = args ?? new { } }];

    /// <summary>Imports and publishes.</summary>
    public async Task<Guid> Publish(string document)
    {
        var made = await Site.Send(new ImportPlaybook(new Secret(document)));
        Assert.That(made.Error, Is.Null, made.Error?.ToString());
        var published = await Site.Send(new PublishPlaybook(made.Value.Id, made.Value.Revision, "first"));
        Assert.That(published.Error, Is.Null, published.Error?.ToString());
        return made.Value.Id;
    }

    /// <summary>Starts by hand.</summary>
    public async Task<string> Begin(Guid playbook, string? incident = null, Dictionary<string, string>? inputs = null)
    {
        var started = await Site.Send(new StartRun(playbook, incident, inputs));
        Assert.That(started.Error, Is.Null, started.Error?.ToString());
        return started.Value.Number;
    }

    public async Task<RunView> Read(string run)
    {
        var found = await Site.Send(new GetRun(run));
        Assert.That(found.Error, Is.Null, found.Error?.ToString());
        return found.Value;
    }

    /// <summary>Waits until a run is as it should be.</summary>
    public async Task<RunView> Until(string run, Func<RunView, bool> holds, int seconds = 30)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var view = await Read(run);
            if (holds(view)) return view;
            if (patience.IsCancellationRequested) Assert.Fail($"{run} stays {view.Brief.State} {view.Brief.Failure}: {string.Join(", ", view.Steps.Select(s => $"{s.Name}={s.State}{(s.Code.Length > 0 ? ":" + s.Code : "")}"))}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public Task<RunView> Over(string run) => Until(run, r => r.Brief.State >= RunState.Succeeded);

    /// <summary>Runs a document to its end.</summary>
    public async Task<RunView> Run(string document, Dictionary<string, string>? inputs = null, string? incident = null) => await Over(await Begin(await Publish(document), incident, inputs));

    /// <summary>Announces an event as its module does.</summary>
    public async Task Announce(IModuleEvent happened)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        await scope.ServiceProvider.GetRequiredService<IMediator>().Publish(happened);
    }

    /// <summary>An attacker that nothing else knows.</summary>
    public static string Attacker() => $"198.18.{Interlocked.Increment(ref _networks) / 250}.{_networks % 250}";

    public ValueTask DisposeAsync() => Incidents.DisposeAsync();
}

/// <summary>An action that counts how often each key had its effect, and does what the test says.</summary>
internal sealed class TallyAction : IResponseAction
{
    public System.Collections.Concurrent.ConcurrentDictionary<string, int> Effects { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<(string What, string Key)> Calls { get; } = new();

    /// <summary>What Act answers; null does and succeeds.</summary>
    public Func<ActionCall, ActionOutcome?>? OnAct { get; set; }

    /// <summary>What Settle answers; null tells the truth.</summary>
    public Func<ActionCall, ActionOutcome?>? OnSettle { get; set; }

    public ActionSpec Spec { get; } = new() { Code = "tally", Group = "flow", Permission = ResponseWrite.Code, Inputs = [new("note", "text")], Outputs = ["count"], Changes = true, Inverse = "untally" };

    public IEnumerable<string> Done => Calls.Where(c => c.What == "act").Select(c => c.Key);

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(ActionPlan.Of("plan.wait", ("minutes", call.Of("note"))));

    public Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        Calls.Enqueue(("act", call.Of("note")));
        if (OnAct?.Invoke(call) is { } answer) return Task.FromResult(answer);
        Effects.AddOrUpdate(call.Key, 1, (_, n) => n + 1);
        return Task.FromResult(ActionOutcome.Done(new Dictionary<string, string> { ["count"] = Effects.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) }));
    }

    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct)
    {
        Calls.Enqueue(("settle", call.Of("note")));
        return Task.FromResult(OnSettle?.Invoke(call) ?? (Effects.ContainsKey(call.Key) ? ActionOutcome.Done() : ActionOutcome.NotBegun));
    }

    public Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct)
    {
        Calls.Enqueue(("undo", call.Of("note")));
        Effects.TryRemove(call.Key, out _);
        return Task.FromResult(ActionOutcome.Done());
    }
}
