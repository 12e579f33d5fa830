using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Secrets;

/// <summary>Names of secrets that steps may send, and where to; never the secrets.</summary>
internal sealed record ListSecrets : IQuery<IReadOnlyList<SecretView>>, INeeds<ResponseWrite>;

/// <summary>A secret's name.</summary>
/// <param name="Name">Name that steps use.</param>
/// <param name="Origin">Scheme, host and port that it may be sent to.</param>
/// <param name="By">Who entered it last.</param>
/// <param name="At">When.</param>
internal sealed record SecretView(string Name, string Origin, string By, DateTimeOffset At);

file sealed class Handler(ResponseDb db) : IQueryHandler<ListSecrets, IReadOnlyList<SecretView>>
{
    public async Task<Result<IReadOnlyList<SecretView>>> Handle(ListSecrets request, CancellationToken cancellationToken) =>
        (await db.Secrets.AsNoTracking().OrderBy(s => s.Name).ToListAsync(cancellationToken)).ConvertAll(s => new SecretView(s.Name, s.Origin, s.By, s.At));
}
