using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Trust;

namespace Juming.Platform.Content.Sync;

/// <summary>Everything that lists name: signed files, content, and the parts of content that is a list itself.</summary>
internal sealed class ContentReach(BlobShelf shelf, ContentSettings settings)
{
    /// <summary>Fetches all of it that is not here.</summary>
    /// <exception cref="ContentRefusedException">Something can't be had, or it is more than there is room for.</exception>
    public async Task FetchAll(TrustedMetadata trusted, IContentOrigin from, CancellationToken ct)
    {
        var targets = trusted.Lists.Values.SelectMany(l => l.Data.Targets.Values).ToList();
        var room = settings.MostMegabytes * 1024L * 1024;
        foreach (var target in targets)
        {
            if ((room -= target.Length) < 0) throw Full();
            await Fetch(target.Path, target.Sha256, target.Length, from, ct);
            if (!target.Parts) continue;
            foreach (var part in await PartsOf(target, ct))
            {
                if ((room -= part.Length) < 0) throw Full();
                await Fetch(target.Path + " " + part.Name, part.Sha256, part.Length, from, ct);
            }
        }
    }

    /// <summary>Hashes of all that is named and here: what must not be swept away.</summary>
    public async Task<HashSet<string>> Named(TrustedMetadata trusted, CancellationToken ct)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        if (trusted.Timestamp is { } timestamp) named.Add(Convert.ToHexStringLower(timestamp.Data.Snapshot.Sha256));
        foreach (var mark in trusted.Snapshot?.Data.Lists.Values ?? []) named.Add(Convert.ToHexStringLower(mark.Sha256));
        foreach (var target in trusted.Lists.Values.SelectMany(l => l.Data.Targets.Values))
        {
            named.Add(Convert.ToHexStringLower(target.Sha256));
            if (target.Parts && shelf.Has(target.Sha256))
                foreach (var part in await PartsOf(target, ct)) named.Add(Convert.ToHexStringLower(part.Sha256));
        }
        return named;
    }

    /// <summary>The parts of a target that is here.</summary>
    public async Task<IReadOnlyList<ContentPart>> PartsOf(ContentTarget target, CancellationToken ct)
    {
        if (target.Length > Limits.MostParts) throw new ContentRefusedException(ContentErrors.TooLarge.With("file", target.Path).With("most", Limits.MostParts.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return await shelf.Read(target.Sha256, target.Length, ct) is { } bytes && ContentParts.Read(bytes) is { } parts
            ? parts
            : throw new ContentRefusedException(ContentErrors.Unreadable.With("file", target.Path).With("reason", "it is no list of parts"));
    }

    private async Task Fetch(string what, byte[] sha256, long length, IContentOrigin from, CancellationToken ct)
    {
        if (shelf.Has(sha256)) return;
        if (!await from.Fetch(sha256, length, ct)) throw new ContentRefusedException(ContentErrors.OtherHash.With("file", what));
    }

    private ContentRefusedException Full() => new(ContentErrors.Full.With("most", settings.MostMegabytes.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
