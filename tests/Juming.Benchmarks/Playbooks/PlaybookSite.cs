using System.Globalization;
using System.Text.Json.Nodes;
using Juming.Platform.Handlers;
using Juming.Site.Collection;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Engine;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Runs;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Benchmarks.Playbooks;

/// <summary>A site as a process of its own that runs one playbook many times; it may be killed at any moment and started again on the same folder.</summary>
internal static class PlaybookSite
{
    /// <summary>Effects of one run.</summary>
    public const int EffectsOfRun = 5;

    /// <summary>Durable transitions of one run: each of its five actions is recorded before it acts and after; start, condition, fork and end once.</summary>
    public const int TransitionsOfRun = (2 * EffectsOfRun) + 4;

    private const int AtOnce = 32;

    /// <summary>Arguments: data folder, address of the counter ("-" for no effects), runs, and a point at which to end with how often to pass it ("-" for none).</summary>
    public static async Task<int> Run(string[] args)
    {
        var (folder, counter, runs, point) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
        var settings = new Dictionary<string, string?> { ["Modules:Detection:StarterPack"] = "false", ["Modules:Response:LookMilliseconds"] = "100", ["Log:Level"] = "Error" };
        await using var site = await RunningTier.Start("site", folder, settings, services =>
        {
            services.AddSingleton(new CollectionSettings { Udp = [], Tcp = [] }).AddSingleton<IResponseAction>(new CountAction(counter == "-" ? null : counter));
            if (point != "-") services.AddSingleton<IRunPoints>(new EndsHere(point.Split(':')[0], int.Parse(point.Split(':')[1], CultureInfo.InvariantCulture)));
        });
        var playbook = await Playbook(site);
        Console.WriteLine("ready");
        // Those that a process before has started are not asked for again, but for the few that may have overtaken each other.
        var known = Math.Max(0, (await site.Send(new ListRuns { Take = 1 })).Value.Total - (2 * AtOnce));
        await Parallel.ForEachAsync(Enumerable.Range(known, runs - known), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var started = await site.Send(new StartRun(playbook, null, null, "bench-" + i.ToString(CultureInfo.InvariantCulture)));
            if (started.Error is { } error) throw new InvalidOperationException(error.ToString());
        });
        while (true)
        {
            var succeeded = await Count(site, RunState.Succeeded);
            var open = runs - succeeded - await Count(site, RunState.Failed) - await Count(site, RunState.Stopped);
            if (open <= 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"over {succeeded}"));
                return 0;
            }
            await Task.Delay(100);
        }
    }

    private static async Task<int> Count(RunningTier site, RunState state) => (await site.Send(new ListRuns { State = state, Take = 1 })).Value.Total;

    private static async Task<Guid> Playbook(RunningTier site)
    {
        if ((await site.Send(new ListPlaybooks("Bench"))).Value.Items.FirstOrDefault() is not { } there)
        {
            var made = await site.Send(new ImportPlaybook(new Secret(Document())));
            if (made.Error is { } error) throw new InvalidOperationException(error.ToString());
            there = (await site.Send(new ListPlaybooks("Bench"))).Value.Items[0];
        }
        var view = (await site.Send(new GetPlaybook(there.Id))).Value;
        if (view.Published == 0 && (await site.Send(new PublishPlaybook(view.Id, view.Revision, "bench"))).Error is { } refusal) throw new InvalidOperationException(refusal.ToString());
        return there.Id;
    }

    private static string Document()
    {
        string Id(string kind, int n) => string.Create(CultureInfo.InvariantCulture, $"{kind}--00000000-0000-4000-8000-{n:D12}");
        JsonObject Count(string? next)
        {
            var step = new JsonObject { ["type"] = "action", ["agent"] = Id("organization", 1), ["commands"] = new JsonArray(new JsonObject { ["type"] = Vocabulary.CapabilityCommand, ["capability"] = "count", ["args"] = new JsonObject() }) };
            if (next is not null) step["on_completion"] = next;
            return step;
        }
        return new JsonObject
        {
            ["type"] = "playbook",
            ["spec_version"] = "cacao-2.0",
            ["id"] = Id("playbook", 1),
            ["name"] = "Bench",
            ["created_by"] = Id("identity", 1),
            ["created"] = "2026-11-28T00:00:00Z",
            ["modified"] = "2026-11-28T00:00:00Z",
            ["workflow_start"] = Id("start", 1),
            ["workflow"] = new JsonObject
            {
                [Id("start", 1)] = new JsonObject { ["type"] = "start", ["on_completion"] = Id("action", 1) },
                [Id("action", 1)] = Count(Id("if-condition", 1)),
                [Id("if-condition", 1)] = new JsonObject { ["type"] = "if-condition", ["condition"] = "__run__:value != ''", ["on_true"] = Id("action", 2), ["on_completion"] = Id("parallel", 1) },
                [Id("action", 2)] = Count(null),
                [Id("parallel", 1)] = new JsonObject { ["type"] = "parallel", ["next_steps"] = new JsonArray(Id("action", 3), Id("action", 4)), ["on_completion"] = Id("action", 5) },
                [Id("action", 3)] = Count(null),
                [Id("action", 4)] = Count(null),
                [Id("action", 5)] = Count(Id("end", 1)),
                [Id("end", 1)] = new JsonObject { ["type"] = "end" },
            },
        }.ToJsonString();
    }

    /// <summary>Has an effect on another process, and can read there whether it had it.</summary>
    private sealed class CountAction(string? counter) : IResponseAction
    {
#pragma warning disable RS0030 // The process has one client for one server.
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
#pragma warning restore RS0030

        public ActionSpec Spec { get; } = new() { Code = "count", Group = "flow", Permission = ResponseWrite.Code, Changes = true };

        public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(ActionPlan.Of("probe.ready"));

        public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
        {
            if (counter is null) return ActionOutcome.Done();
            using var answer = await _http.PostAsync($"{counter}/{call.Key}", null, ct);
            return answer.IsSuccessStatusCode ? ActionOutcome.Done() : ActionOutcome.Unknown("refused");
        }

        public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) =>
            counter is null || await _http.GetStringAsync($"{counter}/{call.Key}", ct) == "0" ? ActionOutcome.NotBegun : ActionOutcome.Done();
    }

    /// <summary>Ends the process at a point, as a power cut does.</summary>
    private sealed class EndsHere(string at, int passes) : IRunPoints
    {
        private int _left = passes;

        public void Reach(string point, string key)
        {
            if (point == at && Interlocked.Decrement(ref _left) < 0) System.Diagnostics.Process.GetCurrentProcess().Kill();
        }
    }
}
