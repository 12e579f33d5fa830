using System.Globalization;
using Juming.Site.Approvals;

namespace Juming.Site.Response.Actions;

/// <summary>Asks people and waits for their answer; silence is a no.</summary>
internal sealed class AskPerson(ResponseSettings settings, TimeProvider clock, IApprovalDesk? desk = null) : IResponseAction
{
    private const int MostEvidence = 5;

    public ActionSpec Spec { get; } = new()
    {
        Code = ActionBook.AskPerson,
        Group = "people",
        Permission = ResponseWrite.Code,
        Inputs = [new("question", "long-text", true), new("evidence", "long-text"), new("minutes", "minutes"), new("keys", "choice", false, "1", "2"), new("risk", "choice", false, "normal", "high")],
        Outputs = ["answer", "by"],
    };

    public bool IsOffered => desk is not null;

    public Task<ActionPlan> Plan(ActionCall call, CancellationToken ct) => Task.FromResult(ActionPlan.Of("plan.ask", ("question", call.Of("question")), ("minutes", Minutes(call).ToString(CultureInfo.InvariantCulture)), ("keys", Keys(call).ToString(CultureInfo.InvariantCulture))));

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        var expires = call.Deadline ?? call.Began + TimeSpan.FromMinutes(Minutes(call));
        var effect = call.Inputs.Where(i => i.Key is not ("evidence" or "minutes" or "keys" or "risk") && i.Value.Length > 0).ToDictionary(i => i.Key, i => i.Value);
        effect["playbook"] = call.Playbook;
        if (call.IncidentNumber.Length > 0) effect["incident"] = call.IncidentNumber;
        effect["run"] = call.RunNumber;
        var approval = await desk!.Ask(new ApprovalRequest
        {
            Key = call.Key,
            Code = call.IsStart ? "response.start" : "response.ask",
            Effect = effect,
            Evidence = [.. call.Of("evidence").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MostEvidence)],
            Incident = call.Incident,
            Run = call.Run,
            RequestedBy = call.ById.Length > 0 ? call.ById : null,
            Keys = Keys(call),
            HighRisk = call.Of("risk") == "high",
            ExpiresAt = expires,
        }, ct);
        return await Settle(call with { Reference = approval.ToString() }, ct);
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct)
    {
        // The same key finds the same question, so asking once more after a broken-off call asks nobody twice.
        if (!Guid.TryParse(call.Reference, out var approval)) return ActionOutcome.NotBegun;
        if (await desk!.Look(approval, ct) is not { } standing) return ActionOutcome.Failed("no-question");
        var evidence = new Dictionary<string, string> { ["answer"] = standing.State.ToString(), ["by"] = standing.By, ["reason"] = standing.Reason };
        return standing.State switch
        {
            ApprovalState.Approved => ActionOutcome.Done(new Dictionary<string, string> { ["answer"] = "approved", ["by"] = standing.By }, evidence, call.Reference),
            ApprovalState.Rejected => ActionOutcome.Failed("rejected", evidence: evidence),
            ApprovalState.Expired => ActionOutcome.Failed("nobody-answered", evidence: evidence),
            ApprovalState.Withdrawn => ActionOutcome.Failed("withdrawn", evidence: evidence),
            _ => ActionOutcome.Pending(call.Reference, clock.GetUtcNow() + TimeSpan.FromMinutes(1), "asked"),
        };
    }

    public Task Abandon(ActionCall call, CancellationToken ct) => Guid.TryParse(call.Reference, out var approval) ? desk!.Withdraw(approval, call.RunNumber, ct) : Task.CompletedTask;

    private static int Keys(ActionCall call) => call.Of("keys") == "2" ? 2 : 1;

    private int Minutes(ActionCall call) => int.TryParse(call.Of("minutes"), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= 10_080 ? minutes : settings.ApprovalMinutes;
}
