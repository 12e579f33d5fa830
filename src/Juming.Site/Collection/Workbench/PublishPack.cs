using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;

namespace Juming.Site.Collection.Workbench;

/// <summary>Puts a pack in force: it is checked whole, written as a file of its own, and read by the next line. Older versions stay.</summary>
/// <param name="Name">Name of the pack, as in its text.</param>
/// <param name="Version">Version, as in its text; higher than any that is there.</param>
/// <param name="Yaml">The text.</param>
internal sealed record PublishPack(string Name, int Version, [property: JsonIgnore] string Yaml) : ICommand<PublishedPack>, INeeds<CollectionPublish>
{
    /// <summary>SHA-256 of the text, for the audit.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Yaml)));
}

/// <summary>A pack that is in force.</summary>
internal sealed record PublishedPack(string Name, int Version, string File);

file sealed class Validator : AbstractValidator<PublishPack>
{
    public Validator() => RuleFor(c => c.Yaml).NotEmpty().MaximumLength(256 * 1024);
}

file sealed class Handler(SitePacks packs) : ICommandHandler<PublishPack, PublishedPack>
{
    public Task<Result<PublishedPack>> Handle(PublishPack request, CancellationToken cancellationToken)
    {
        var (compiled, problems) = packs.Compile(request.Yaml, trial: false);
        if (problems.Count > 0) return Refuse(CollectionErrors.PackBroken.At(problems[0]));
        if (compiled.Count != 1 || compiled[0].Name != request.Name || compiled[0].Definition.Version != request.Version)
            return Refuse(CollectionErrors.PackName.With("name", request.Name).With("version", request.Version.ToString(CultureInfo.InvariantCulture)));
        var published = packs.Publish(request.Name, request.Version, request.Yaml);
        return Task.FromResult(published);
    }

    private static Task<Result<PublishedPack>> Refuse(Error error) => Task.FromResult<Result<PublishedPack>>(error);
}
