using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Secrets;

/// <summary>Names of secrets that steps may send, and where to; never the secrets.</summary>
internal sealed record ListSecrets : IQuery<IReadOnlyList<SecretView>>, INeeds<ResponseWrite>;

/// <summary>Playbooks that name a secret, in their draft or in the version in force.</summary>
internal sealed record FindSecretUse(string Name) : IQuery<IReadOnlyList<SecretUse>>, INeeds<ResponseWrite>;

/// <summary>A secret's name.</summary>
/// <param name="Name">Name that steps use.</param>
/// <param name="Origin">Scheme, host and port that it may be sent to.</param>
/// <param name="By">Who entered it last.</param>
/// <param name="At">When.</param>
/// <param name="UsedAt">When a step last opened it; null for never.</param>
/// <param name="UsedBy">Name of that step's playbook.</param>
/// <param name="UsedRun">Short number of its run.</param>
public sealed record SecretView(string Name, string Origin, string By, DateTimeOffset At, DateTimeOffset? UsedAt, string UsedBy, string UsedRun);

/// <summary>A playbook that names a secret.</summary>
internal sealed record SecretUse(Guid Playbook, string Name);

file sealed class Handler(ResponseDb db) : IQueryHandler<ListSecrets, IReadOnlyList<SecretView>>
{
    public async Task<Result<IReadOnlyList<SecretView>>> Handle(ListSecrets request, CancellationToken cancellationToken) =>
        (await db.Secrets.AsNoTracking().OrderBy(s => s.Name).Take(KeepSecret.Most).ToListAsync(cancellationToken)).ConvertAll(s => new SecretView(s.Name, s.Origin, s.By, s.At, s.UsedAt, s.UsedBy, s.UsedRun));
}

file sealed class UseHandler(ResponseDb db) : IQueryHandler<FindSecretUse, IReadOnlyList<SecretUse>>
{
    private const int Most = 50;

    public async Task<Result<IReadOnlyList<SecretUse>>> Handle(FindSecretUse request, CancellationToken cancellationToken)
    {
        var mark = "{{vault:" + request.Name + "}}";
        return await db.Playbooks.AsNoTracking().Where(p => p.Draft.Contains(mark) || db.Versions.Any(v => v.PlaybookId == p.Id && v.Number == p.Published && v.Document.Contains(mark)))
            .OrderBy(p => p.Name).Take(Most).Select(p => new SecretUse(p.Id, p.Name)).ToListAsync(cancellationToken);
    }
}
