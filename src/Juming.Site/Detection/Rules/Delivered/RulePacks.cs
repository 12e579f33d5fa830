using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Sigma;

namespace Juming.Site.Detection.Rules.Delivered;

/// <summary>Rules that come from above: a file each in the folder of delivered rules, checked whole before it takes another's place.</summary>
internal sealed class RulePacks(RuleBook book) : IPackTaker
{
    private const int MostShown = 200;

    public string Kind => ContentKinds.Rules;

    // A rule looks; what follows of its alerts is decided elsewhere.
    public bool Acts => false;

    private string Folder => Path.Combine(book.Folder, "delivered");

    public async Task<Result<IReadOnlyList<PackChange>>> Compare(Pack pack, CancellationToken ct)
    {
        var loaded = await Load(pack, ct);
        if (loaded.Error is { } error) return error;
        var documents = loaded.Value.Rules.Concat<SigmaDocument>(loaded.Value.Correlations).Concat(loaded.Value.Filters).ToList();
        return Result<IReadOnlyList<PackChange>>.Of([.. documents.Where(d => book.Find(d.Id)?.Title != d.Title).Take(MostShown).Select(d => new PackChange(d.Id, book.Find(d.Id)?.Title ?? "", d.Title))]);
    }

    public async Task<Result<Done>> Take(Pack pack, CancellationToken ct)
    {
        var target = FileOf(pack.Name, pack.Operator, pack.Content);
        if (File.Exists(target) && (await File.ReadAllBytesAsync(target, ct)).AsSpan().SequenceEqual(pack.Content.Span)) return Done.Value;
        var loaded = await Load(pack, ct);
        if (loaded.Error is { } error) return error;
        Directory.CreateDirectory(Folder);
        var trial = Trial(pack);
        await File.WriteAllBytesAsync(trial, pack.Content, ct);
        // The version before may have been of the other form.
        foreach (var other in FilesOf(pack.Name, pack.Operator).Where(f => f != target)) File.Delete(other);
        File.Move(trial, target, overwrite: true);
        await book.Reload(ct);
        return Done.Value;
    }

    public async Task<Result<Done>> Remove(string name, string operatorId, CancellationToken ct)
    {
        var files = FilesOf(name, operatorId).Where(File.Exists).ToList();
        if (files.Count == 0) return Done.Value;
        files.ForEach(File.Delete);
        await book.Reload(ct);
        return Done.Value;
    }

    private async Task<Result<LoadedRules>> Load(Pack pack, CancellationToken ct)
    {
        Directory.CreateDirectory(book.RemovedUploads);
        var trial = Trial(pack);
        var lists = await book.Lists(ct);
        try
        {
            await File.WriteAllBytesAsync(trial, pack.Content, ct);
            var loaded = await Task.Run(() => SigmaLoader.Load([trial], lists, ct), ct);
            // Half a pack would be another one than was signed and tried.
            if (loaded.Refused.Count > 0) return DetectionErrors.NothingUsable.With("reason", loaded.Refused[0].Reason);
            return loaded.Rules.Count + loaded.Correlations.Count + loaded.Filters.Count == 0 ? DetectionErrors.NothingUsable.With("reason", "it holds no rule") : loaded;
        }
        finally
        {
            File.Delete(trial);
        }
    }

    // Beside the rules, so that no load reads it.
    private string Trial(Pack pack) => Path.Combine(book.RemovedUploads, $".{Guid.CreateVersion7():N}{(IsZip(pack.Content) ? ".zip" : ".yml")}");

    private string FileOf(string name, string operatorId, ReadOnlyMemory<byte> content) => Path.Combine(Folder, Stem(name, operatorId) + (IsZip(content) ? ".zip" : ".yml"));

    private IEnumerable<string> FilesOf(string name, string operatorId) => [Path.Combine(Folder, Stem(name, operatorId) + ".zip"), Path.Combine(Folder, Stem(name, operatorId) + ".yml")];

    private static string Stem(string name, string operatorId) => operatorId.Length > 0 ? $"{operatorId[..8]}.{name}" : name;

    private static bool IsZip(ReadOnlyMemory<byte> content) => content.Span.StartsWith("PK"u8);
}
