using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Policy;

/// <summary>What may leave at which level, and which level holds.</summary>
internal sealed record DescribePolicy : IQuery<PolicyView>, INeeds<EgressRead>;

/// <summary>The policy.</summary>
/// <param name="Level">The level that holds.</param>
/// <param name="ChangedAt">Since when; null where nobody has chosen.</param>
/// <param name="ChangedBy">Who chose it.</param>
/// <param name="Messages">All messages there are, each with the level from which on it leaves.</param>
/// <param name="Upper">The host above; empty when there is none.</param>
/// <param name="SpentBytes">Bytes of messages that left within this hour.</param>
/// <param name="MostBytes">How many may.</param>
/// <param name="SpentLabels">Bytes of words among them.</param>
/// <param name="MostLabels">How many may.</param>
/// <param name="ContentDays">Days for which contents are kept.</param>
internal sealed record PolicyView(int Level, DateTimeOffset? ChangedAt, string ChangedBy, IReadOnlyList<MessageView> Messages, string Upper, long SpentBytes, long MostBytes, long SpentLabels, long MostLabels, int ContentDays);

/// <summary>A message that goes up.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Level">From which level on it leaves.</param>
/// <param name="IsState">The latest value takes the place of the one before; otherwise every record goes.</param>
/// <param name="Fields">All that it can hold.</param>
internal sealed record MessageView(string Name, int Level, bool IsState, IReadOnlyList<FieldView> Fields);

/// <summary>A field of a message.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">What it may hold.</param>
internal sealed record FieldView(string Name, string Class);

file sealed class Handler(LinksDb db, LinksSettings settings, TimeProvider clock) : IQueryHandler<DescribePolicy, PolicyView>
{
    public async Task<Result<PolicyView>> Handle(DescribePolicy request, CancellationToken ct)
    {
        var policy = await db.Policies.AsNoTracking().FirstOrDefaultAsync(ct);
        var upper = await db.Memberships.AsNoTracking().OrderBy(m => m.JoinedAt).Select(m => m.Url).LastOrDefaultAsync(ct);
        var from = DateTimeOffset.FromUnixTimeSeconds(Budget.HourOf(clock.GetUtcNow()) * 3600);
        var spent = db.Ledger.AsNoTracking().Where(r => r.At >= from && r.Kind == EgressKind.Message);
        return new PolicyView(
            policy?.Level ?? PolicyLevels.Default, policy?.ChangedAt, policy?.ChangedBy ?? "", [.. MessageRule.All.Select(ViewOf)], upper is null ? "" : new Uri(upper).Authority,
            await spent.SumAsync(r => r.Bytes, ct), settings.EgressBytesPerHour, await spent.SumAsync(r => (long)r.Labels, ct), settings.EgressLabelBytesPerHour, settings.EgressContentDays);
    }

    private static MessageView ViewOf(MessageRule rule) => new(rule.Name, rule.Level, rule.Topic == Topics.State, [.. rule.Message.Fields.InDeclarationOrder().Select(ViewOf)]);

    private static FieldView ViewOf(FieldDescriptor field) => new(field.Name, (field.GetOptions()?.GetExtension(ClassesExtensions.FieldClass) ?? FieldClass.Unspecified).ToString());
}
