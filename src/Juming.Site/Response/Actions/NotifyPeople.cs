using Juming.Platform.Notify;

namespace Juming.Site.Response.Actions;

/// <summary>Tells people something; rules of notices decide who hears it where.</summary>
internal sealed class NotifyPeople(INotices? notices = null) : IResponseAction
{
    private const int MostText = 1000;

    public ActionSpec Spec { get; } = new()
    {
        Code = "notify",
        Group = "people",
        Permission = ResponseWrite.Code,
        Inputs = [new("text", "long-text", true), new("weight", "choice", false, "information", "warning", "urgent", "critical")],
        Changes = true,
    };

    public bool IsOffered => notices is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(ActionPlan.Of("plan.notify", ("text", call.Of("text")), ("weight", WeightOf(call).ToString())));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        await notices!.Post(new Notice
        {
            Id = KeyId.Of(call.Key),
            Code = "response.message",
            Weight = WeightOf(call),
            Arguments = new Dictionary<string, string> { ["run"] = call.RunNumber, ["incident"] = call.IncidentNumber },
            // What a playbook says holds addresses and names: channels outside of the site get it masked.
            Private = new Dictionary<string, string> { ["text"] = call.Of("text") is { Length: > MostText } text ? text[..MostText] : call.Of("text"), ["playbook"] = call.Playbook },
            Path = "/runs/" + call.RunNumber,
            SameAs = call.Key,
        }, ct);
        return ActionOutcome.Done();
    }

    // The same identity and key go to nobody twice, so to hand it over once more is safe, and not to might be silence.
    public Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct) => Task.FromResult(ActionOutcome.NotBegun);

    private static NoticeWeight WeightOf(ActionCall call) => Enum.TryParse<NoticeWeight>(call.Of("weight"), ignoreCase: true, out var weight) ? weight : NoticeWeight.Information;
}
