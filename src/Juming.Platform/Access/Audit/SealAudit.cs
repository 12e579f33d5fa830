using System.Globalization;
using System.Text.Json;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access.Audit;

/// <summary>
/// Lets the head count from now on where there was none that this host had sealed: a data folder of an earlier build, or one whose head file was lost.
/// What was changed in any other way stays so. Root on the host only; the trail shows who, and verification tells from which entry on it vouches.
/// </summary>
internal sealed record SealAudit : ICommand<SealedAudit>, INeeds<AuditRead>;

/// <summary>The trail counts again.</summary>
/// <param name="From">Entry from which on it does.</param>
internal sealed record SealedAudit(long From);

file sealed class Handler(Sender sender, CurrentActor current, IAuditTrail trail) : ICommandHandler<SealAudit, SealedAudit>
{
    public async Task<Result<SealedAudit>> Handle(SealAudit request, CancellationToken ct)
    {
        if (current.Actor.Kind != ActorKind.CommandLine) return AccessErrors.SealAtCommandLine;
        var before = await sender.SendAs(current.Actor, new VerifyAudit(), ct);
        if (before.Error is { } error) return error;
        if (before.Value.Intact) return AccessErrors.AuditSealed;
        if (before.Value.Reason != ChainBreak.NoHead) return AccessErrors.AuditBroken.With("seq", (before.Value.At ?? 0).ToString(CultureInfo.InvariantCulture)).With("reason", before.Value.Reason ?? "");
        var arguments = JsonSerializer.Serialize(new { entries = before.Value.Entries, head = before.Value.Head }, JsonSerializerOptions.Web);
        await trail.Append(new AuditEntry(ChainBreak.SealAction, current.Actor.Kind, current.Actor.Id, current.Actor.Name, current.Actor.Address, arguments, "done"), ct);
        var after = await sender.SendAs(current.Actor, new VerifyAudit(), ct);
        return after.Error is { } failed ? failed : after.Value is { Intact: true, SealedFrom: { } from } ? new SealedAudit(from) : AccessErrors.AuditBroken.With("seq", (after.Value.At ?? 0).ToString(CultureInfo.InvariantCulture)).With("reason", after.Value.Reason ?? "");
    }
}
