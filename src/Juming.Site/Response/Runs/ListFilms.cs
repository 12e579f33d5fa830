using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Runs;

/// <summary>Films of the devices that a step drove.</summary>
internal sealed record ListFilms(Guid Step) : IQuery<IReadOnlyList<StepFilm>>, INeeds<ResponseRead>
{
    /// <summary>Names the evidence of a step that is a run on a device; the device's name follows.</summary>
    public const string Mark = "film.";
}

/// <summary>A film of a step.</summary>
/// <param name="Device">Name of the device.</param>
/// <param name="Run">The run that it shows.</param>
/// <param name="Pictures">Paths of its pictures, in order; whoever may not look at device runs is refused there.</param>
internal sealed record StepFilm(string Device, Guid Run, IReadOnlyList<string> Pictures);

file sealed class Handler(ResponseDb db, IDeviceConsoles? consoles = null) : IQueryHandler<ListFilms, IReadOnlyList<StepFilm>>
{
    public async Task<Result<IReadOnlyList<StepFilm>>> Handle(ListFilms request, CancellationToken cancellationToken)
    {
        var evidence = await db.Steps.Where(s => s.Id == request.Step).Select(s => s.Evidence).FirstOrDefaultAsync(cancellationToken);
        if (evidence is null) return ResponseErrors.NoSuchRun;
        var films = new List<StepFilm>();
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(evidence)!)
        {
            if (consoles is null || !name.StartsWith(ListFilms.Mark, StringComparison.Ordinal) || !Guid.TryParse(value, out var run)) continue;
            // Not every executor of blocks is a console with pictures.
            if (await consoles.Pictures(run, cancellationToken) is { Count: > 0 } pictures) films.Add(new StepFilm(name[ListFilms.Mark.Length..], run, pictures));
        }
        return Result<IReadOnlyList<StepFilm>>.Of(films);
    }
}
