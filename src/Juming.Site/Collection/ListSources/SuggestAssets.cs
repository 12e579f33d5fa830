using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Assets;

namespace Juming.Site.Collection.ListSources;

/// <summary>Assets that a sender may be tied to, by a part of their name or their address.</summary>
internal sealed record SuggestAssets(string Text) : IQuery<AssetSuggestions>, INeeds<CollectionWrite>;

/// <summary>Some assets.</summary>
internal sealed record AssetSuggestions(IReadOnlyList<AssetBrief> Items);

file sealed class Validator : AbstractValidator<SuggestAssets>
{
    public Validator() => RuleFor(q => q.Text).MaximumLength(200);
}

file sealed class Handler(IAssetDirectory assets) : IQueryHandler<SuggestAssets, AssetSuggestions>
{
    private const int Most = 20;

    public Task<Result<AssetSuggestions>> Handle(SuggestAssets request, CancellationToken cancellationToken) =>
        Task.FromResult<Result<AssetSuggestions>>(new AssetSuggestions(request.Text.Trim() is { Length: > 0 } text ? assets.Suggest(text, Most) : []));
}
