using System.Globalization;
using System.Net;
using Juming.Site.Assets;
using Juming.Site.Events;

namespace Juming.Site.Response.Actions;

/// <summary>Looks up what the site knows of an address: its asset, and how often and when the logs name it.</summary>
internal sealed class LookUpAddress(TimeProvider clock, ISearch? search = null, IAssetDirectory? assets = null, IAssetTags? tags = null) : IResponseAction
{
    private const int Steps = 240;

    public ActionSpec Spec { get; } = new()
    {
        Code = "look-up",
        Group = "look",
        Permission = EventsRead.Code,
        Inputs = [new("address", "address", true), new("days", "number")],
        Outputs = ["asset", "owner", "business", "importance", "tags", "internal", "events", "first", "last"],
    };

    public bool IsOffered => search is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(ActionPlan.Of("plan.look-up", ("address", call.Of("address")), ("days", Days(call).ToString(CultureInfo.InvariantCulture))));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        // Only an address goes into the query: a text of an attacker's making would be a query of an attacker's making.
        if (!IPAddress.TryParse(call.Of("address"), out var address)) return ActionOutcome.Failed("bad-input");
        var to = clock.GetUtcNow();
        var asset = assets?.Find(address.ToString());
        try
        {
            var steps = await search!.Histogram(new SearchRequest($"source.ip:\"{address}\" or destination.ip:\"{address}\"", to - TimeSpan.FromDays(Days(call)), to), Steps, ct);
            var seen = steps.Where(s => s.Count > 0).ToList();
            var outputs = new Dictionary<string, string>
            {
                ["asset"] = asset?.Name ?? "",
                ["owner"] = asset?.Owner ?? "",
                ["business"] = asset?.Business ?? "",
                ["importance"] = asset?.Importance.ToString() ?? "",
                ["tags"] = asset is null || tags is null ? "" : string.Join(", ", await tags.Of(asset.Id, ct)),
                ["internal"] = assets?.IsInternal(address.ToString()) == true ? "true" : "false",
                ["events"] = seen.Sum(s => s.Count).ToString(CultureInfo.InvariantCulture),
                ["first"] = seen.Count > 0 ? seen[0].At.ToString("O", CultureInfo.InvariantCulture) : "",
                ["last"] = seen.Count > 0 ? seen[^1].At.ToString("O", CultureInfo.InvariantCulture) : "",
            };
            return ActionOutcome.Done(outputs, outputs);
        }
        catch (SearchQueryException e)
        {
            return ActionOutcome.Failed(e.Code, mayPass: e.Code == SearchQueryException.Busy);
        }
    }

    // It changes nothing, so it may simply be done once more.
    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Task.FromResult(ActionOutcome.NotBegun);

    private static int Days(ActionCall call) => int.TryParse(call.Of("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= 90 ? days : 7;
}
