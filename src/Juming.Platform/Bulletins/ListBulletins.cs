using FluentValidation;
using Juming.Contracts.Bulletins;
using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Links;

namespace Juming.Platform.Bulletins;

/// <summary>Bulletins that this host publishes, the latest first, with how they are answered.</summary>
internal sealed record ListBulletins(int Skip = 0, int Take = 50) : IQuery<BulletinPage>, INeeds<BulletinsRead>;

/// <summary>One bulletin with the answers of those below.</summary>
internal sealed record GetBulletin(Guid Id) : IQuery<BulletinDossier>, INeeds<BulletinsRead>;

/// <summary>A bulletin in a list.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Title">Title.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="Withdrawn">It was taken back.</param>
/// <param name="Recipients">Who gets it.</param>
/// <param name="Received">Sites that have it.</param>
/// <param name="Acknowledged">Sites where somebody has taken it on.</param>
/// <param name="Done">Sites that have done what it asks for.</param>
internal sealed record BulletinItem(Guid Id, string Title, DateTimeOffset PublishedAt, bool Withdrawn, int Recipients, int Received, int Acknowledged, int Done);

/// <summary>Bulletins, and how many there are.</summary>
internal sealed record BulletinPage(IReadOnlyList<BulletinItem> Items, int Total);

/// <summary>A bulletin with its answers.</summary>
internal sealed record BulletinDossier(BulletinDocument Bulletin, DateTimeOffset PublishedAt, bool Withdrawn, string WithdrawnFor, IReadOnlyList<RecipientAnswer> Answers);

/// <summary>How far one neighbour below is. At the cloud that is an operator with all its sites, at an operator one site.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sites">Sites that count.</param>
/// <param name="Received">Of these, those that have it.</param>
/// <param name="Acknowledged">Those where somebody has taken it on.</param>
/// <param name="Done">Those that have done it.</param>
/// <param name="AssetsAffected">Assets that are affected, by their own count.</param>
/// <param name="AssetsFixed">Assets that have been mended.</param>
/// <param name="IsLate">It is past due and not done everywhere.</param>
/// <param name="At">When it last said something.</param>
internal sealed record RecipientAnswer(string Name, int Sites, int Received, int Acknowledged, int Done, long AssetsAffected, long AssetsFixed, bool IsLate, DateTimeOffset? At);

file sealed class Validator : AbstractValidator<ListBulletins>
{
    public Validator()
    {
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(IContentPublisher publisher, IContent content, IPeerNames below, ILinkDesk links, TimeProvider clock) : IQueryHandler<ListBulletins, BulletinPage>, IQueryHandler<GetBulletin, BulletinDossier>
{
    public async Task<Result<BulletinPage>> Handle(ListBulletins request, CancellationToken cancellationToken)
    {
        var all = (await Published(cancellationToken)).OrderByDescending(t => t.PublishedAt).ToList();
        var names = await below.Below(cancellationToken);
        var answers = await BulletinAnswers.Of(links, names.Keys, cancellationToken);
        return new BulletinPage([.. all.Skip(request.Skip).Take(request.Take).Select(t =>
        {
            var said = BulletinPaths.IdOf(t.Path) is { } id ? answers[id].ToList() : [];
            return new BulletinItem(BulletinPaths.IdOf(t.Path) ?? Guid.Empty, t.Title, t.PublishedAt, t.Withdrawn, names.Count, said.Sum(a => a.Received), said.Sum(a => a.Acknowledged), said.Sum(a => a.Done));
        })], all.Count);
    }

    public async Task<Result<BulletinDossier>> Handle(GetBulletin request, CancellationToken cancellationToken)
    {
        if ((await Published(cancellationToken)).FirstOrDefault(t => BulletinPaths.IdOf(t.Path) == request.Id) is not { } target) return BulletinErrors.NoSuchBulletin;
        if (BulletinDocument.Read(await content.Get(target.Sha256, target.Length, cancellationToken)) is not { } document) return BulletinErrors.NoSuchBulletin;
        var names = await below.Below(cancellationToken);
        var answers = (await BulletinAnswers.Of(links, names.Keys, cancellationToken))[request.Id].ToDictionary(a => a.Peer);
        var now = clock.GetUtcNow();
        return new BulletinDossier(document, target.PublishedAt, target.Withdrawn, target.Note, [.. names.OrderBy(n => n.Value, StringComparer.CurrentCulture).Select(n =>
        {
            var a = answers.GetValueOrDefault(n.Key) ?? new BulletinAnswers.Said(n.Key, 1, 0, 0, 0, 0, 0, null);
            return new RecipientAnswer(n.Value, a.Sites, a.Received, a.Acknowledged, a.Done, a.AssetsAffected, a.AssetsFixed, document.Due < now && a.Done < a.Sites, a.At);
        })]);
    }

    private async Task<IReadOnlyList<ContentTarget>> Published(CancellationToken ct)
    {
        var folder = await BulletinPaths.Folder(publisher, ct);
        return [.. (await publisher.Published(ContentKinds.Intelligence, ct)).Where(t => t.Path.StartsWith(folder, StringComparison.Ordinal))];
    }
}

/// <summary>What those below say of bulletins. It is their word: whatever it says stays within bounds.</summary>
internal static class BulletinAnswers
{
    /// <summary>What one of them says of one bulletin.</summary>
    public sealed record Said(Guid Peer, int Sites, int Received, int Acknowledged, int Done, long AssetsAffected, long AssetsFixed, DateTimeOffset? At);

    /// <summary>By bulletin.</summary>
    public static async Task<ILookup<Guid, Said>> Of(ILinkDesk links, IEnumerable<Guid> peers, CancellationToken ct)
    {
        var found = new List<(Guid Bulletin, Said Said)>();
        foreach (var value in await links.Values([.. peers], [BulletinAnswer.Descriptor, BulletinTally.Descriptor], ct))
        {
            var read = UpwardMessages.Read(value.Type, value.Payload);
            if (read is BulletinAnswer { Bulletin.Length: 16 } answer)
                found.Add((new Guid(answer.Bulletin.Span, bigEndian: true), new Said(value.Peer, 1, 1, answer.Stage >= BulletinStage.Acknowledged ? 1 : 0, answer.Stage >= BulletinStage.Done ? 1 : 0, answer.AssetsAffected, answer.AssetsFixed, value.ReceivedAt)));
            else if (read is BulletinTally { Bulletin.Length: 16 } tally)
                found.Add((new Guid(tally.Bulletin.Span, bigEndian: true), new Said(value.Peer, Whole(tally.Sites), Whole(tally.Received), Whole(tally.Acknowledged), Whole(tally.Done), tally.AssetsAffected, tally.AssetsFixed, value.ReceivedAt)));
        }
        return found.ToLookup(f => f.Bulletin, f => f.Said);
    }

    private static int Whole(uint number) => (int)Math.Min(number, 1_000_000);
}
