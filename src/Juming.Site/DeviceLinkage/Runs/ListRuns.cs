using System.Text.Json;
using System.Text.RegularExpressions;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Recipes;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Runs, the latest first, one page at a time.</summary>
internal sealed record ListRuns : IQuery<RunPage>, INeeds<LinkageRead>
{
    /// <summary>Only on this device.</summary>
    public Guid? Device { get; init; }

    /// <summary>One state.</summary>
    public RunState? State { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows of the page.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>One run with its film; of one that is under way, as far as it is.</summary>
internal sealed record GetRun(Guid Id) : IQuery<RunDossier>, INeeds<LinkageRead>;

/// <summary>A picture of a run.</summary>
internal sealed record ReadPicture(Guid Run, string Name) : IQuery<byte[]>, INeeds<LinkageRead>, IAudited;

/// <summary>A run in the list.</summary>
internal sealed record RunView(Guid Id, Guid Device, string DeviceName, RunKind Kind, string Capability, bool Rehearsal, RunState State, DateTimeOffset StartedAt, int TookMs, string? Failure, string? FailedStep, string Reading, bool? Changed, string StartedBy, string Target);

/// <summary>Runs and how many fit.</summary>
internal sealed record RunPage(IReadOnlyList<RunView> Items, int Total);

/// <summary>A run with its film, and what it suggests for its recipe while that waits for a decision.</summary>
internal sealed record RunDossier(RunView Run, string Detail, Guid? Recipe, IReadOnlyDictionary<string, string> Inputs, IReadOnlyDictionary<string, string> Outputs, IReadOnlyList<FilmStep> Film, SuggestionView? Suggestion);

file sealed class Validator : AbstractValidator<ListRuns>
{
    public Validator()
    {
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class PictureValidator : AbstractValidator<ReadPicture>
{
    // No name with a dot or slash of its own leads out of the run's folder.
    public PictureValidator() => RuleFor(q => q.Name).Must(n => n is not null && Regex.IsMatch(n, "^[0-9]{2}-[A-Za-z0-9_-]{1,60}\\.jpg$", RegexOptions.None, TimeSpan.FromMilliseconds(100))).WithMessage("This is no name of a picture.");
}

file sealed class Handler(LinkageDb db, RunDesk desk, SuggestionReader suggestions) : IQueryHandler<ListRuns, RunPage>, IQueryHandler<GetRun, RunDossier>, IQueryHandler<ReadPicture, byte[]>
{
    public async Task<Result<RunPage>> Handle(ListRuns request, CancellationToken cancellationToken)
    {
        var found = db.Runs.AsNoTracking();
        if (request.Device is { } device) found = found.Where(r => r.DeviceId == device);
        if (request.State is { } state) found = found.Where(r => r.State == state);
        var total = await found.CountAsync(cancellationToken);
        var rows = await found.OrderByDescending(r => r.StartedAt).ThenByDescending(r => r.Id).Skip(request.Skip).Take(request.Take)
            .Select(r => new RunRow { Id = r.Id, DeviceId = r.DeviceId, Kind = r.Kind, Capability = r.Capability, Rehearsal = r.Rehearsal, State = r.State, StartedAt = r.StartedAt, TookMs = r.TookMs, Failure = r.Failure, FailedStep = r.FailedStep, Reading = r.Reading, Changed = r.Changed, StartedBy = r.StartedBy, Inputs = r.Inputs }).ToListAsync(cancellationToken);
        var names = await Names([.. rows.Select(r => r.DeviceId).Distinct()], cancellationToken);
        return new RunPage([.. rows.Select(r => View(r, names))], total);
    }

    public async Task<Result<RunDossier>> Handle(GetRun request, CancellationToken cancellationToken)
    {
        var row = await db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.Id == request.Id, cancellationToken);
        if (row is null) return LinkageErrors.NoSuchRun;
        var film = desk.Live(row.Id) ?? JsonSerializer.Deserialize<List<FilmStep>>(row.Film) ?? [];
        return new RunDossier(View(row, await Names([row.DeviceId], cancellationToken)), row.Detail, row.RecipeId, Pairs(row.Inputs), Pairs(row.Outputs), film, await suggestions.OfRun(row, cancellationToken));
    }

    public async Task<Result<byte[]>> Handle(ReadPicture request, CancellationToken cancellationToken)
    {
        var file = Path.Combine(desk.Folder(request.Run), request.Name);
        return File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : LinkageErrors.NoSuchRun;
    }

    private Task<Dictionary<Guid, string>> Names(List<Guid> devices, CancellationToken ct) => db.Devices.Where(d => devices.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, ct);

    private static RunView View(RunRow r, Dictionary<Guid, string> names) => new(r.Id, r.DeviceId, names.GetValueOrDefault(r.DeviceId, ""), r.Kind, r.Capability, r.Rehearsal, r.State, r.StartedAt, r.TookMs, r.Failure, r.FailedStep, r.Reading, r.Changed, r.StartedBy, Pairs(r.Inputs).GetValueOrDefault("ip", ""));

    private static Dictionary<string, string> Pairs(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
}
