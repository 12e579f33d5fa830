using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Session;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Effects;

/// <summary>What an order means: the host, the template and its values; or why it is refused. Nothing is connected to.</summary>
/// <param name="Host">The host; null when it is not in the register.</param>
/// <param name="Template">The template; null when there is none of this name.</param>
/// <param name="Values">The values.</param>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
/// <param name="Detail">More about that: the parameter.</param>
internal sealed record CommandPlan(HostRow? Host, CommandTemplate? Template, IReadOnlyDictionary<string, string> Values, Error? Refusal, string Detail)
{
    public static async Task<CommandPlan> Of(SshDb db, TemplateShelf shelf, string host, string command, CommandKind? kind, IReadOnlyDictionary<string, string> inputs, CancellationToken ct)
    {
        var found = await Find(db, host, ct);
        var template = await shelf.Find(command, ct);
        if (found is null) return Refused(SshErrors.NoSuchHost, host);
        if (template is null) return Refused(SshErrors.NoSuchCommand, command);
        if (kind is { } wanted && template.Kind != wanted) return Refused(SshErrors.OtherKind, command);
        var (values, wrong) = ParameterRules.Read(template, inputs);
        if (wrong is not null) return Refused(SshErrors.BadParameter, wrong);
        var accounts = template.Kind == CommandKind.Rights ? template.Parameters.Where(p => p.Type == "user").Select(p => values[p.Name]).ToList() : [];
        if (accounts.Contains("root")) return Refused(SshErrors.RootAccount, "root");
        return accounts.Contains(found.Account) ? Refused(SshErrors.OwnAccount, found.Account) : new CommandPlan(found, template, values, null, "");

        CommandPlan Refused(Error why, string detail) => new(found, template, new Dictionary<string, string>(), why, detail);
    }

    /// <summary>The plan by which an effect was begun: its own version of the template, whatever is in use now.</summary>
    public static CommandPlan Of(HostRow host, EffectRow row) =>
        new(host, TemplateReader.Read(row.Yaml).Template, JsonSerializer.Deserialize<Dictionary<string, string>>(row.Inputs)!, null, "");

    /// <summary>A host by identity, name, or an address that only one has.</summary>
    public static async Task<HostRow?> Find(SshDb db, string wanted, CancellationToken ct)
    {
        if (Guid.TryParse(wanted, out var id)) return await db.Hosts.AsNoTracking().FirstOrDefaultAsync(h => h.Id == id, ct);
        if (await db.Hosts.AsNoTracking().FirstOrDefaultAsync(h => h.Name == wanted, ct) is { } named) return named;
        if (HostAddress.Read(wanted) is not { } address) return null;
        return await db.Hosts.AsNoTracking().Where(h => h.Address == address).Take(2).ToListAsync(ct) is [var only] ? only : null;
    }
}
