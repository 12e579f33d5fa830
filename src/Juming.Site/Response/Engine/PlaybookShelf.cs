using System.Collections.Concurrent;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Engine;

/// <summary>Published versions as the engine reads them; a version never changes, so it is read once.</summary>
internal sealed class PlaybookShelf
{
    private const int MostKept = 500;

    private readonly ConcurrentDictionary<(Guid, int), PlaybookModel> _kept = new();

    /// <summary>A version, or null when it is not there.</summary>
    public async Task<PlaybookModel?> Of(ResponseDb db, Guid playbook, int version, CancellationToken ct)
    {
        if (_kept.TryGetValue((playbook, version), out var known)) return known;
        if (await db.Versions.AsNoTracking().Where(v => v.PlaybookId == playbook && v.Number == version).Select(v => v.Document).FirstOrDefaultAsync(ct) is not { } document) return null;
        if (PlaybookReader.Read(document).Model is not { } model) return null;
        if (_kept.Count >= MostKept) _kept.Clear();
        return _kept[(playbook, version)] = model;
    }
}
