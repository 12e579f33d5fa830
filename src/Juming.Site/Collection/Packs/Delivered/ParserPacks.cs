using System.Globalization;
using System.Text;
using Juming.Platform.Content;
using Juming.Platform.Handlers;

namespace Juming.Site.Collection.Packs.Delivered;

/// <summary>Parser packs that come from above: published like those of the site's workbench, under a mark of their own.</summary>
internal sealed class ParserPacks(SitePacks packs) : IPackTaker
{
    private const string Mark = ".delivered";

    public string Kind => ContentKinds.Parsers;

    public bool Acts => false;

    public Task<Result<IReadOnlyList<PackChange>>> Compare(Pack pack, CancellationToken ct)
    {
        var read = Read(pack);
        if (read.Error is { } error) return Task.FromResult<Result<IReadOnlyList<PackChange>>>(error);
        var now = packs.HighestVersion(pack.Name);
        return Task.FromResult(Result<IReadOnlyList<PackChange>>.Of([new PackChange(pack.Name, now == 0 ? "" : Text(now), Text(pack.Version))]));
    }

    public Task<Result<Done>> Take(Pack pack, CancellationToken ct)
    {
        var read = Read(pack);
        if (read.Error is { } error) return Task.FromResult<Result<Done>>(error);
        foreach (var later in Mine(pack.Name).Where(e => e.Version > pack.Version))
            if (packs.Withdraw(later.File!).Error is { } stuck) return Task.FromResult<Result<Done>>(stuck);
        if (Mine(pack.Name).Any(e => e.Version == pack.Version)) return Task.FromResult<Result<Done>>(Done.Value);
        var published = packs.Publish(pack.Name, pack.Version, read.Value, Mark);
        return Task.FromResult(published.Error is { } refusal ? refusal : (Result<Done>)Done.Value);
    }

    public Task<Result<Done>> Remove(string name, string operatorId, CancellationToken ct)
    {
        foreach (var entry in Mine(name))
            if (packs.Withdraw(entry.File!).Error is { } error) return Task.FromResult<Result<Done>>(error);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    private IReadOnlyList<PackEntry> Mine(string name) => [.. packs.Entries.Where(e => e.Name == name && e.File is { } file && file.EndsWith(Mark + ".yaml", StringComparison.Ordinal))];

    private Result<string> Read(Pack pack)
    {
        string yaml;
        try
        {
            yaml = new UTF8Encoding(false, true).GetString(pack.Content.Span);
        }
        catch (DecoderFallbackException)
        {
            return CollectionErrors.PackBroken.With("line", "1").With("reason", "the file is not UTF-8 text");
        }
        var (compiled, problems) = packs.Compile(yaml, trial: false);
        if (problems.Count > 0) return CollectionErrors.PackBroken.At(problems[0]);
        return compiled.Count == 1 && compiled[0].Name == pack.Name && compiled[0].Definition.Version == pack.Version ? yaml : CollectionErrors.PackName.With("name", pack.Name).With("version", Text(pack.Version));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
