using Juming.Contracts.Egress;
using Juming.Platform.Links;

namespace Juming.Platform.Library.Packs;

/// <summary>At how many sites a version stands how, as sites and operators told it. A site that lets nothing of this out is not counted.</summary>
/// <param name="InForce">It is in force.</param>
/// <param name="Waiting">It waits for the site's consent, or has it and is being taken.</param>
/// <param name="Refused">The site turned it down.</param>
/// <param name="RolledBack">The site went back from it.</param>
/// <param name="Failed">It could not be put in force.</param>
/// <param name="Replaced">Another version took its place.</param>
/// <param name="Withdrawn">It was in force or waited, and was taken back.</param>
public sealed record PackCounts(long InForce, long Waiting, long Refused, long RolledBack, long Failed, long Replaced, long Withdrawn)
{
    /// <summary>Nowhere.</summary>
    public static PackCounts None { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Sites that it was offered to.</summary>
    public long Offered => InForce + Waiting + Refused + RolledBack + Failed + Replaced + Withdrawn;

    /// <summary>Both together.</summary>
    public PackCounts With(PackCounts other) =>
        new(InForce + other.InForce, Waiting + other.Waiting, Refused + other.Refused, RolledBack + other.RolledBack, Failed + other.Failed, Replaced + other.Replaced, Withdrawn + other.Withdrawn);
}

/// <summary>What a host below told of a version: a site of itself, an operator of all its sites.</summary>
/// <param name="Peer">The host.</param>
/// <param name="Name">Its name.</param>
/// <param name="Counts">One site at a site.</param>
/// <param name="At">When it came to stand so, by its own clock; null at an operator.</param>
/// <param name="ReceivedAt">When that came here.</param>
internal sealed record PackWord(Guid Peer, string Name, PackCounts Counts, DateTimeOffset? At, DateTimeOffset ReceivedAt);

/// <summary>Reads what hosts below told of packs. It is their word; what none may say is left out.</summary>
internal sealed class PackStandings(IEnumerable<IPeerNames> keepers, ILinkDesk desk)
{
    // More sites than an operator could have.
    private const uint Most = 10_000_000;

    /// <summary>All of it, by the identity of the version.</summary>
    public async Task<ILookup<Guid, PackWord>> Read(CancellationToken ct)
    {
        var names = new Dictionary<Guid, string>();
        foreach (var keeper in keepers)
            foreach (var (peer, name) in await keeper.Below(ct)) names.Add(peer, name);
        var words = new List<(Guid Pack, PackWord Word)>();
        foreach (var value in await desk.Values([.. names.Keys], [PackStanding.Descriptor, PackTally.Descriptor], ct))
            if (WordOf(value, names[value.Peer]) is { } word) words.Add(word);
        return words.ToLookup(w => w.Pack, w => w.Word);
    }

    /// <summary>All words of a version together.</summary>
    public static PackCounts Sum(IEnumerable<PackWord> words) => words.Aggregate(PackCounts.None, (sum, word) => sum.With(word.Counts));

    private static (Guid, PackWord)? WordOf(ArrivedValue value, string name) => UpwardMessages.Read(value.Type, value.Payload) switch
    {
        PackStanding { Pack.Length: 16 } one when CountsOf(one.Outcome) is { } counts => (Id(one.Pack), new PackWord(value.Peer, name, counts, UpwardMessages.InstantOf(one.At), value.ReceivedAt)),
        PackTally { Pack.Length: 16 } all => (Id(all.Pack), new PackWord(value.Peer, name, CountsOf(all), null, value.ReceivedAt)),
        _ => null,
    };

    private static Guid Id(Google.Protobuf.ByteString bytes) => new(bytes.Span, bigEndian: true);

    private static PackCounts? CountsOf(PackOutcome outcome) => outcome switch
    {
        PackOutcome.InForce => PackCounts.None with { InForce = 1 },
        PackOutcome.Waiting or PackOutcome.Agreed => PackCounts.None with { Waiting = 1 },
        PackOutcome.Refused => PackCounts.None with { Refused = 1 },
        PackOutcome.RolledBack => PackCounts.None with { RolledBack = 1 },
        PackOutcome.Failed => PackCounts.None with { Failed = 1 },
        PackOutcome.Replaced => PackCounts.None with { Replaced = 1 },
        PackOutcome.Withdrawn => PackCounts.None with { Withdrawn = 1 },
        _ => null,
    };

    private static PackCounts CountsOf(PackTally t) => new(Bound(t.InForce), Bound(t.Waiting), Bound(t.Refused), Bound(t.RolledBack), Bound(t.Failed), Bound(t.Replaced), Bound(t.Withdrawn));

    private static long Bound(uint count) => Math.Min(count, Most);
}
