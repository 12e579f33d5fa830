using FluentValidation;
using Juming.Contracts.Bulletins;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Content;
using Juming.Platform.Handlers;

namespace Juming.Platform.Bulletins;

/// <summary>Signs a bulletin for all who are below; answers with its identity. What is published never changes.</summary>
internal sealed record PublishBulletin(string Title, string Text, int Severity, DateTimeOffset? Due, IReadOnlyList<string> Cves, IReadOnlyList<string> References, IReadOnlyList<string> Actions) : ICommand<Guid>, INeeds<BulletinsPublish>;

/// <summary>Takes a bulletin back: those who have it see that it no longer stands.</summary>
internal sealed record WithdrawBulletin(Guid Id, string Reason) : ICommand<Done>, INeeds<BulletinsPublish>;

file sealed class Validator : AbstractValidator<PublishBulletin>
{
    public Validator()
    {
        RuleFor(c => c.Title).NotEmpty().MaximumLength(BulletinDocument.LongestTitle).Must(t => t is null || !t.Any(char.IsControl)).WithMessage("A title is one line.");
        RuleFor(c => c.Text).NotNull().MaximumLength(BulletinDocument.LongestText);
        RuleFor(c => c.Severity).InclusiveBetween(0, 4);
        RuleFor(c => c.Due).Must(d => d is null || d.Value.Year is >= 2000 and < 2100).WithMessage("Name a day of this century.");
        foreach (var lines in new System.Linq.Expressions.Expression<Func<PublishBulletin, IReadOnlyList<string>>>[] { c => c.Cves, c => c.References, c => c.Actions })
            RuleFor(lines).NotNull().Must(l => l is null || (l.Count <= BulletinDocument.MostLines && l.All(t => t is { Length: > 0 and <= BulletinDocument.LongestLine } && !t.Any(char.IsControl)))).WithMessage("At most 50 lines of at most 500 characters.");
    }
}

file sealed class WithdrawValidator : AbstractValidator<WithdrawBulletin>
{
    public WithdrawValidator() => RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(t => t is null || !t.Any(char.IsControl));
}

file sealed class Handler(IContentPublisher publisher, TimeProvider clock) : ICommandHandler<PublishBulletin, Guid>, ICommandHandler<WithdrawBulletin, Done>
{
    // Lists are read whole by everybody below.
    private const int MostStanding = 500;
    private static readonly TimeSpan KeepWithdrawn = TimeSpan.FromDays(90);

    public async Task<Result<Guid>> Handle(PublishBulletin request, CancellationToken cancellationToken)
    {
        foreach (var cve in request.Cves)
            if (CveId.Of(cve) is null) return BulletinErrors.NoCve.With("value", cve.Length <= 40 ? cve : cve[..40] + "…");
        var folder = await BulletinPaths.Folder(publisher, cancellationToken);
        var standing = (await publisher.Published(ContentKinds.Intelligence, cancellationToken)).Where(t => t.Path.StartsWith(folder, StringComparison.Ordinal)).ToList();
        if (standing.Count(t => !t.Withdrawn) >= MostStanding) return BulletinErrors.TooMany.With("most", MostStanding.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var now = clock.GetUtcNow();
        var document = new BulletinDocument(Guid.CreateVersion7(now), request.Title.Trim(), request.Text, request.Severity, request.Due, [.. request.Cves.Select(c => CveId.Of(c)!).Distinct()], request.References, request.Actions);
        var part = await publisher.Keep("bulletin", document.Write(), cancellationToken);
        await publisher.Publish(ContentKinds.Intelligence, targets =>
        {
            var path = folder + document.Id.ToString("N");
            targets[path] = new ContentTarget(path, part.Sha256, part.Length) { Version = 1, Title = document.Title, PublishedAt = now };
            foreach (var old in standing.Where(t => t.Withdrawn && now - t.PublishedAt > KeepWithdrawn)) targets.Remove(old.Path);
        }, cancellationToken);
        return document.Id;
    }

    public async Task<Result<Done>> Handle(WithdrawBulletin request, CancellationToken cancellationToken)
    {
        var path = await BulletinPaths.Folder(publisher, cancellationToken) + request.Id.ToString("N");
        if ((await publisher.Published(ContentKinds.Intelligence, cancellationToken)).FirstOrDefault(t => t.Path == path) is not { } target) return BulletinErrors.NoSuchBulletin;
        if (target.Withdrawn) return BulletinErrors.Withdrawn;
        await publisher.Publish(ContentKinds.Intelligence, targets => targets[path] = targets[path] with { Withdrawn = true, Version = 2, Note = request.Reason.Trim() }, cancellationToken);
        return Done.Value;
    }
}

/// <summary>Where bulletins of this host lie.</summary>
internal static class BulletinPaths
{
    public static async Task<string> Folder(IContentPublisher publisher, CancellationToken ct) => $"{await publisher.Prefix(ct)}{ContentKinds.Intelligence}/{BulletinDocument.Folder}";

    public static Guid? IdOf(string path) => Guid.TryParseExact(path[(path.LastIndexOf('/') + 1)..], "N", out var id) ? id : null;
}
