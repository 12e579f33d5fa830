using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Playbooks;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Ready;

/// <summary>Playbooks of ours for common incidents, as CACAO 2.0 documents in the program.</summary>
internal static class ReadyPlaybooks
{
    private const string Folder = "playbooks/";

    /// <summary>Their names, "brute-force".</summary>
    public static IReadOnlyList<string> Names { get; } = [.. typeof(ReadyPlaybooks).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Select(n => Path.GetFileNameWithoutExtension(n[Folder.Length..])).Order(StringComparer.Ordinal)];

    /// <summary>The document of a name, or null.</summary>
    public static string? Read(string name)
    {
        if (!Names.Contains(name)) return null;
        using var stream = typeof(ReadyPlaybooks).Assembly.GetManifestResourceStream($"{Folder}{name}.json")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>Ready playbooks and whether they can run here.</summary>
internal sealed record ListReady : IQuery<IReadOnlyList<ReadyView>>, INeeds<ResponseRead>;

/// <summary>Takes a ready playbook over as a draft.</summary>
internal sealed record TakeReady(string Name) : ICommand<DraftState>, INeeds<ResponseWrite>;

/// <summary>A ready playbook.</summary>
/// <param name="Name">Name, "brute-force".</param>
/// <param name="Title">Title.</param>
/// <param name="Description">What it does.</param>
/// <param name="Playbook">The playbook that was made of it, or null.</param>
/// <param name="Runnable">This site offers all its actions.</param>
internal sealed record ReadyView(string Name, string Title, string Description, Guid? Playbook, bool Runnable);

file sealed class Handler(ResponseDb db, ActionBook book) : IQueryHandler<ListReady, IReadOnlyList<ReadyView>>
{
    public async Task<Result<IReadOnlyList<ReadyView>>> Handle(ListReady request, CancellationToken cancellationToken)
    {
        var taken = (await db.Playbooks.AsNoTracking().Where(p => p.Ready != "").Select(p => new { p.Ready, p.Id }).ToListAsync(cancellationToken)).ToLookup(p => p.Ready, p => p.Id);
        var views = new List<ReadyView>();
        foreach (var name in ReadyPlaybooks.Names)
        {
            var model = PlaybookReader.Read(ReadyPlaybooks.Read(name)!).Model!;
            views.Add(new ReadyView(name, ResponseTexts.Of("ready." + name), ResponseTexts.Of($"ready.{name}.about"), taken[name].Select(id => (Guid?)id).FirstOrDefault(), book.Check(model).Count == 0));
        }
        return views;
    }
}

file sealed class TakeHandler(ResponseDb db, ActionBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<TakeReady, DraftState>
{
    public async Task<Result<DraftState>> Handle(TakeReady request, CancellationToken cancellationToken)
    {
        if (ReadyPlaybooks.Read(request.Name) is not { } document) return ResponseErrors.NoSuchReady;
        var reading = PlaybookReader.Read(document);
        var model = reading.Model!;
        if (await db.Playbooks.AnyAsync(p => p.CacaoId == model.Id, cancellationToken)) return ResponseErrors.ThereAlready;
        var now = clock.GetUtcNow();
        var row = new PlaybookRow { CacaoId = model.Id, Name = model.Name, Draft = document, DraftBy = current.Actor.Name, DraftAt = now, CreatedAt = now, Ready = request.Name };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return new DraftState(row.Id, row.Revision, Problems.Of(reading, book));
    }
}
