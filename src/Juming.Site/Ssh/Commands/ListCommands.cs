using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Effects;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Commands;

/// <summary>Templates in use, by kind and name.</summary>
internal sealed record ListCommands : IQuery<IReadOnlyList<CommandRow>>, INeeds<SshRead>;

/// <summary>One template with its document.</summary>
internal sealed record GetCommand(string Name) : IQuery<CommandView>, INeeds<SshRead>;

/// <summary>A template in a list, in the reader's language.</summary>
/// <param name="Brief">What it is.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Version">Version in use.</param>
/// <param name="Shipped">It comes with the program.</param>
/// <param name="NeedsRoot">It needs root.</param>
/// <param name="Permission">What whoever uses it must hold.</param>
/// <param name="Roles">Roles that hold it.</param>
/// <param name="UsedAt">When it was used last; null when never, as far as that is kept.</param>
internal sealed record CommandRow(CommandBrief Brief, CommandKind Kind, int Version, bool Shipped, bool NeedsRoot, string Permission, IReadOnlyList<Role> Roles, DateTimeOffset? UsedAt);

/// <summary>A template with its document.</summary>
internal sealed record CommandView(CommandRow Row, string Yaml);

file sealed class Handler(SshDb db, TemplateShelf shelf) : IQueryHandler<ListCommands, IReadOnlyList<CommandRow>>, IQueryHandler<GetCommand, CommandView>
{
    public async Task<Result<IReadOnlyList<CommandRow>>> Handle(ListCommands request, CancellationToken cancellationToken)
    {
        var used = await db.Effects.GroupBy(e => e.Command).Select(g => new { g.Key, At = g.Max(e => e.StartedAt) }).ToDictionaryAsync(g => g.Key, g => g.At, cancellationToken);
        return Result<IReadOnlyList<CommandRow>>.Of([.. (await shelf.All(cancellationToken)).Select(t => Row(t, used.TryGetValue(t.Id, out var at) ? at : null))]);
    }

    public async Task<Result<CommandView>> Handle(GetCommand request, CancellationToken cancellationToken)
    {
        if (await shelf.Find(request.Name, cancellationToken) is not { } template) return SshErrors.NoSuchCommand;
        var used = await db.Effects.Where(e => e.Command == template.Id).MaxAsync(e => (DateTimeOffset?)e.StartedAt, cancellationToken);
        return new CommandView(Row(template, used), template.Yaml);
    }

    private static CommandRow Row(CommandTemplate template, DateTimeOffset? used)
    {
        var (permission, roles) = template.Kind switch
        {
            CommandKind.Fix => (SshHarden.Code, SshHarden.Roles),
            CommandKind.Rights => (SshRights.Code, SshRights.Roles),
            _ => (SshRun.Code, SshRun.Roles),
        };
        return new CommandRow(HostCommands.Brief(template), template.Kind, template.Version, TemplateShelf.Shipped.ContainsKey(template.Id), template.NeedsRoot, permission, roles, used);
    }
}
