using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>The document of a published version, as pages draw it.</summary>
/// <param name="Playbook">The playbook.</param>
/// <param name="Number">The version.</param>
internal sealed record GetVersion(Guid Playbook, int Number) : IQuery<VersionView>, INeeds<ResponseRead>;

/// <summary>A published version.</summary>
internal sealed record VersionView(int Number, string Document);

file sealed class Handler(ResponseDb db) : IQueryHandler<GetVersion, VersionView>
{
    public async Task<Result<VersionView>> Handle(GetVersion request, CancellationToken cancellationToken) =>
        await db.Versions.AsNoTracking().Where(v => v.PlaybookId == request.Playbook && v.Number == request.Number).Select(v => v.Document).FirstOrDefaultAsync(cancellationToken) is { } document ? new VersionView(request.Number, document) : ResponseErrors.NoSuchVersion;
}
