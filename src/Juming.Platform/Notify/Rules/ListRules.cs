using System.Globalization;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Posting;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Rules;

/// <summary>All rules, with what one may choose from.</summary>
internal sealed record ListRules : IQuery<RuleList>, INeeds<NotifyRead>;

/// <summary>Rules, codes, and people with whether a message can reach them.</summary>
public sealed record RuleList(IReadOnlyList<RuleView> Rules, IReadOnlyList<CodeView> Codes, IReadOnlyList<ReachablePerson> People);

/// <summary>A rule.</summary>
public sealed record RuleView(Guid Id, Guid Stamp, string Name, bool Enabled, IReadOnlyList<string> Codes, NoticeWeight LeastWeight, IReadOnlyList<Role> Roles, IReadOnlyList<Guid> People, IReadOnlyList<Guid> Channels, bool Escalates, IReadOnlyList<Guid> Leaders, int? QuietFrom, int? QuietTo);

/// <summary>A code and what it is called.</summary>
public sealed record CodeView(string Code, string Name);

/// <summary>A person.</summary>
public sealed record ReachablePerson(Guid Id, string Name, IReadOnlyList<Role> Roles, bool HasEmail, bool HasWeCom);

file sealed class Handler(NotifyDb db, NoticeBook book, IPeople directory) : IQueryHandler<ListRules, RuleList>
{
    public async Task<Result<RuleList>> Handle(ListRules request, CancellationToken ct)
    {
        var contacts = await db.Contacts.AsNoTracking().ToDictionaryAsync(c => c.PersonId, ct);
        var people = (await directory.Active(ct)).Select(p => new ReachablePerson(p.Id, p.Name, p.Roles, contacts.GetValueOrDefault(p.Id) is { Email.Length: > 0 }, contacts.GetValueOrDefault(p.Id) is { WeCom.Length: > 0 }));
        var rules = (await db.Rules.AsNoTracking().OrderBy(r => r.Name).ToListAsync(ct)).Select(View);
        return new RuleList([.. rules], [.. book.Kinds.Select(k => new CodeView(k.Code, book.NameOf(k.Code, CultureInfo.CurrentUICulture)))], [.. people]);
    }

    private static RuleView View(RuleRow row)
    {
        var body = RuleBody.Read(row);
        return new RuleView(row.Id, row.Stamp, row.Name, row.Enabled, row.Codes.Split(',', StringSplitOptions.RemoveEmptyEntries), (NoticeWeight)row.LeastWeight, body.Roles, body.People, body.Channels, body.Escalates, body.Leaders, body.QuietFrom, body.QuietTo);
    }
}
