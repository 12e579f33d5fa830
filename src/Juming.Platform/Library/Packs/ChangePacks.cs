using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Content;
using Juming.Platform.Handlers;

namespace Juming.Platform.Library.Packs;

/// <summary>Publishes a version of a pack to a share of the sites; a version never changes.</summary>
internal sealed record PublishPack(string Kind, string Name, int Version, string Title, string Note, int Stage, [property: JsonIgnore] byte[] Content) : ICommand<Done>, INeeds<LibraryPublish>
{
    /// <summary>SHA-256 of the content, for the audit.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Content));
}

/// <summary>Sets the share of the sites that take a version.</summary>
internal sealed record SetPackStage(string Path, int Stage) : ICommand<Done>, INeeds<LibraryPublish>;

/// <summary>Takes a version back, for good: sites go back to the one before.</summary>
internal sealed record WithdrawPack(string Path, string Reason) : ICommand<Done>, INeeds<LibraryPublish>;

file sealed class PublishValidator : AbstractValidator<PublishPack>
{
    public const int MostBytes = 32 * 1024 * 1024;

    public PublishValidator()
    {
        RuleFor(c => c.Kind).Must(ContentKinds.Packs.Contains);
        RuleFor(c => c.Name).Matches("^[a-z0-9][a-z0-9._-]{0,59}$");
        RuleFor(c => c.Version).InclusiveBetween(1, 1_000_000);
        RuleFor(c => c.Title).NotEmpty().MaximumLength(200).Must(t => !t.Any(char.IsControl));
        // What is signed holds no line breaks.
        RuleFor(c => c.Note).MaximumLength(2000).Must(t => !t.Any(char.IsControl)).WithMessage("A note is one paragraph.");
        RuleFor(c => c.Stage).InclusiveBetween(1, 100);
        RuleFor(c => c.Content).Must(c => c.Length is > 0 and <= MostBytes).WithMessage("A pack holds 1 byte to 32 MiB.");
    }
}

file sealed class StageValidator : AbstractValidator<SetPackStage>
{
    public StageValidator() => RuleFor(c => c.Stage).InclusiveBetween(1, 100);
}

file sealed class WithdrawValidator : AbstractValidator<WithdrawPack>
{
    public WithdrawValidator() => RuleFor(c => c.Reason).NotEmpty().MaximumLength(500).Must(t => !t.Any(char.IsControl));
}

file sealed class Handler(IContentPublisher publisher, TimeProvider clock) : ICommandHandler<PublishPack, Done>, ICommandHandler<SetPackStage, Done>, ICommandHandler<WithdrawPack, Done>
{
    // Sites go back by these; older ones are in their history by name.
    private const int KeptVersions = 10;

    public async Task<Result<Done>> Handle(PublishPack request, CancellationToken ct)
    {
        if (!IsOfKind(request.Kind, request.Content)) return LibraryErrors.NotOfKind;
        var line = $"{await publisher.Prefix(ct)}{request.Kind}/{request.Name}/";
        var before = (await publisher.Published(request.Kind, ct)).Where(t => t.Path.StartsWith(line, StringComparison.Ordinal)).ToList();
        var highest = before.Select(t => t.Version).DefaultIfEmpty(0).Max();
        if (request.Version <= highest) return LibraryErrors.VersionTaken.With("version", Text(highest)).With("next", Text(highest + 1));
        var part = await publisher.Keep(request.Name, request.Content, ct);
        await publisher.Publish(request.Kind, targets =>
        {
            var path = line + Text(request.Version);
            targets[path] = new ContentTarget(path, part.Sha256, part.Length) { Version = request.Version, Title = request.Title.Trim(), Note = request.Note.Trim(), Stage = request.Stage, PublishedAt = clock.GetUtcNow() };
            foreach (var old in before.OrderByDescending(t => t.Version).Skip(KeptVersions - 1)) targets.Remove(old.Path);
        }, ct);
        return Done.Value;
    }

    public Task<Result<Done>> Handle(SetPackStage request, CancellationToken ct) => Change(request.Path, target => target with { Stage = request.Stage }, ct);

    public Task<Result<Done>> Handle(WithdrawPack request, CancellationToken ct) => Change(request.Path, target => target with { Withdrawn = true, Note = request.Reason.Trim() }, ct);

    private async Task<Result<Done>> Change(string path, Func<ContentTarget, ContentTarget> change, CancellationToken ct)
    {
        foreach (var kind in ContentKinds.Packs)
        {
            if ((await publisher.Published(kind, ct)).FirstOrDefault(t => t.Path == path) is not { } target) continue;
            if (target.Withdrawn) return LibraryErrors.Withdrawn;
            await publisher.Publish(kind, targets => targets[path] = change(targets[path]), ct);
            return Done.Value;
        }
        return LibraryErrors.NoSuchPack;
    }

    /// <summary>A look at the form alone: what is in it, the sites judge.</summary>
    private static bool IsOfKind(string kind, byte[] content)
    {
        if (kind == ContentKinds.Rules && content.AsSpan().StartsWith("PK"u8)) return true;
        try
        {
            var text = new UTF8Encoding(false, true).GetString(content);
            if (text.Contains('\0', StringComparison.Ordinal)) return false;
            if (kind != ContentKinds.Playbooks) return text.Contains(':', StringComparison.Ordinal);
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is DecoderFallbackException or JsonException)
        {
            return false;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
