using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Notify;
using Juming.Site.Blocking;
using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.List;
using Juming.Site.Blocking.Protected;
using Juming.Testing;
using Juming.Testing.Blocking;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Benchmarks.Linkage;

/// <summary>Tries to block what must not be blocked, in all its forms, with a real device that could do it.</summary>
internal sealed class ForbiddenRun : INotices
{
    private readonly ConcurrentQueue<Notice> _alarms = new();

    public static async Task<int> Measure(Figures figures)
    {
        var run = new ForbiddenRun();
        var settings = ForbiddenTargets.Networks.Index().ToDictionary(n => $"Modules:Assets:Networks:{n.Index}", n => (string?)n.Item);
        settings["Log:Level"] = "Error";
        await using var site = await LinkedSite.Start(settings, services: s => s.AddSingleton<INotices>(run));
        await using var console = await DeviceFarm.StartOne("layer");
        var device = await site.Add(console);
        await site.Learn(device);
        foreach (var (range, kind) in ForbiddenTargets.Entries) await site.Tier.Send(new Protect(range, kind, "bench"));
        var targets = ForbiddenTargets.All().Distinct().ToList();
        var (refused, atDevice) = (0, 0);
        foreach (var target in targets)
        {
            var answer = await site.Tier.Send(new BlockAddress(target, "try", 5, null, ""));
            if (answer.Error is not null) refused++;
            // And past the block list, straight at what drives the device.
            var outcome = await site.Block(device, target);
            if (outcome is { Changed: false, Failure: not null, Run: null }) atDevice++;
        }
        var audited = await Audited(site.Tier);
        var wanted = (await site.Tier.Send(new ListBlocks { View = "all" })).Value.Total;
        var alarmed = run._alarms.Count(n => n.Code == "blocking.protected-refused");
        figures.Print("forbidden_attempts", targets.Count, "attempts", goal: "at least 300");
        figures.Print("forbidden_refused", refused, "attempts", goal: "all");
        figures.Print("forbidden_refused_at_device", atDevice, "attempts", goal: "all");
        figures.Print("forbidden_audited", audited, "attempts", goal: "all");
        figures.Print("forbidden_alarmed", alarmed, "attempts", goal: "all");
        figures.Print("forbidden_blocked", wanted + console.TruthLog.Mutations.Count, "blocks", goal: "0");
        return new[] { refused, atDevice, audited, alarmed }.All(n => n == targets.Count) && targets.Count >= 300 && wanted + console.TruthLog.Mutations.Count == 0 ? 0 : 1;
    }

    public Task Post(Notice notice, CancellationToken ct)
    {
        _alarms.Enqueue(notice);
        return Task.CompletedTask;
    }

    private static async Task<int> Audited(RunningTier tier)
    {
        using var auditor = await tier.SignIn(Role.AuditAdmin);
        var lines = await auditor.GetFromJsonAsync<JsonElement>("/api/access/audit?limit=10000&text=BlockAddress");
        return lines.EnumerateArray().Count(l => l.GetProperty("action").GetString() == "BlockAddress" && l.GetProperty("outcome").GetString() == "blocking.protected");
    }
}
