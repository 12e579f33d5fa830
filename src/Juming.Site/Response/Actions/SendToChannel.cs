using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Notify;

namespace Juming.Site.Response.Actions;

/// <summary>
/// Sends a message on one notification channel, past its rules. It is done when the other side took the message, not when it was handed over; what has not
/// left within its time is withdrawn, so that a step that failed sends nothing afterwards.
/// </summary>
internal sealed class SendToChannel(TimeProvider clock, INotices? notices = null, IChannels? channels = null, IPeople? directory = null) : IResponseAction
{
    private const int MostText = 1000;
    private const int MostPeople = 20;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    public ActionSpec Spec { get; } = new()
    {
        Code = "send-to-channel",
        Group = "people",
        Permission = ResponseWrite.Code,
        Inputs = [new("channel", "text", true), new("text", "long-text", true), new("people", "text"), new("weight", "choice", false, "information", "warning", "urgent", "critical")],
        Outputs = ["channel", "reference"],
        Changes = true,
    };

    public bool IsOffered => notices is not null && channels is not null && directory is not null;

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        if (await Find(call, ct) is not { } channel) return new ActionPlan([PlanLine.Of("plan.no-channel", ("channel", call.Of("channel")))], "no-channel");
        var (people, refusal) = await People(call, channel, ct);
        var lines = new List<PlanLine> { PlanLine.Of("plan.send", ("channel", channel.Name), ("kind", channel.Kind), ("people", people.Count == 0 ? "-" : string.Join(", ", people.Select(p => p.Name))), ("text", TextOf(call))) };
        if (!channel.Reveal.Contains("*") && !channel.Reveal.Contains("text")) lines.Add(PlanLine.Of("plan.send-masked", ("channel", channel.Name)));
        return new ActionPlan(lines, channel.Stopped is { } stopped ? CodeOf(stopped) : refusal);
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        if (await Find(call, ct) is not { } channel) return ActionOutcome.Failed("no-channel");
        if (channel.Stopped is { } stopped) return ActionOutcome.Failed(CodeOf(stopped));
        var (people, refusal) = await People(call, channel, ct);
        if (refusal is not null) return ActionOutcome.Failed(refusal);
        if (call.Of("text").Length == 0) return ActionOutcome.Failed("bad-input");
        await notices!.Post(new Notice
        {
            Id = KeyId.Of(call.Key),
            Code = "response.message",
            Weight = Enum.TryParse<NoticeWeight>(call.Of("weight"), ignoreCase: true, out var weight) ? weight : NoticeWeight.Information,
            Arguments = new Dictionary<string, string> { ["run"] = call.RunNumber, ["incident"] = call.IncidentNumber },
            // It holds addresses and names of the site; a channel outside shows it only where its owner allowed "text".
            Private = new Dictionary<string, string> { ["text"] = TextOf(call), ["playbook"] = call.Playbook },
            Path = "/runs/" + call.RunNumber,
            Channel = channel.Id,
            People = [.. people.Select(p => p.Id)],
        }, ct);
        return await Settle(call with { Reference = channel.Name }, ct);
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct)
    {
        var notice = KeyId.Of(call.Key);
        if (await channels!.Look(notice, ct) is not { } standing) return ActionOutcome.NotBegun;
        var isLate = clock.GetUtcNow() >= (call.Deadline is { } own && own < call.Began + Longest ? own : call.Began + Longest);
        if (isLate && standing.Messages.Any(m => m.State == SendingState.Waiting))
        {
            await channels.Withdraw(notice, ct);
            standing = (await channels.Look(notice, ct))!;
        }
        var evidence = Evidence(call, standing);
        if (!standing.IsPlanned) return ActionOutcome.Pending(call.Reference, clock.GetUtcNow() + BetweenLooks, "sending", evidence);
        // Somebody switched the channel off between the look and the plan.
        if (standing.Messages.Count == 0) return ActionOutcome.Failed(CodeOf("channel-off"), evidence: evidence);
        if (standing.Messages.Any(m => m.State is SendingState.Waiting or SendingState.Leaving))
            return isLate ? ActionOutcome.Unknown("sending") with { Evidence = evidence } : ActionOutcome.Pending(call.Reference, clock.GetUtcNow() + BetweenLooks, "sending", evidence);
        if (standing.Messages.FirstOrDefault(m => m.State == SendingState.Failed) is { } failed) return ActionOutcome.Failed(CodeOf(failed.Failure ?? "messenger"), evidence: evidence);
        return ActionOutcome.Done(new Dictionary<string, string> { ["channel"] = evidence["channel"], ["reference"] = standing.Messages[0].Reference ?? "" }, evidence, call.Reference);
    }

    public Task Abandon(ActionCall call, CancellationToken ct) => channels!.Withdraw(KeyId.Of(call.Key), ct);

    public async Task<ActionPlan> Probe(CancellationToken ct)
    {
        var all = await channels!.All(ct);
        var stopped = all.Where(c => c.Stopped is not null).ToList();
        return new ActionPlan([PlanLine.Of("probe.channels", ("able", (all.Count - stopped.Count).ToString(CultureInfo.InvariantCulture)), ("all", all.Count.ToString(CultureInfo.InvariantCulture))),
            .. stopped.Select(c => PlanLine.Of("probe.channel-stopped", ("channel", c.Name), ("reason", CodeOf(c.Stopped!))))], stopped.Count == all.Count ? "no-channel" : null);
    }

    /// <summary>Codes of channels have their words with the channels.</summary>
    private static string CodeOf(string failure) => ResponseTexts.ChannelCode + failure;

    private static string TextOf(ActionCall call) => call.Of("text") is { Length: > MostText } text ? text[..MostText] : call.Of("text");

    private async Task<ChannelBrief?> Find(ActionCall call, CancellationToken ct)
    {
        var wanted = call.Of("channel");
        return (await channels!.All(ct)).FirstOrDefault(c => c.Name == wanted || c.Id.ToString().Equals(wanted, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<(IReadOnlyList<Person> People, string? Refusal)> People(ActionCall call, ChannelBrief channel, CancellationToken ct)
    {
        var names = call.Of("people").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToList();
        if (names.Count == 0) return ([], channel.IsPersonal ? "no-receiver" : null);
        if (names.Count > MostPeople) return ([], "bad-input");
        var known = (await directory!.Active(ct)).Where(p => names.Contains(p.Name)).ToList();
        return (known, known.Count == names.Count ? null : "no-such-person");
    }

    private static Dictionary<string, string> Evidence(ActionCall call, NoticeStanding standing)
    {
        var evidence = new Dictionary<string, string> { ["channel"] = call.Reference.Length > 0 ? call.Reference : call.Of("channel"), ["taken"] = $"{standing.Messages.Count(m => m.State == SendingState.Sent)}/{standing.Messages.Count}" };
        var number = 0;
        foreach (var message in standing.Messages) evidence[string.Create(CultureInfo.InvariantCulture, $"message {++number}")] = string.Join(' ', new[] { message.State.ToString(), message.Failure, message.Detail, message.Reference }.Where(t => !string.IsNullOrEmpty(t)));
        return evidence;
    }
}
