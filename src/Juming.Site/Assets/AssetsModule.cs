using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Site.Assets.Change;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Export;
using Juming.Site.Assets.Import;
using Juming.Site.Assets.List;
using Juming.Site.Assets.Merge;
using Juming.Site.Assets.Open;
using Juming.Site.Assets.Register;
using Juming.Site.Assets.Sightings;
using Juming.Site.Assets.Tags;
using Juming.Site.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Assets;

/// <summary>Keeps the register of the site's machines: what logs say of them, and what people know of them.</summary>
public sealed class AssetsModule : Module
{
    private const int MostBytes = 5 * 1024 * 1024;

    /// <inheritdoc/>
    public override string Name => "assets";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<AssetsSettings>("Modules:Assets");
        services.AddSingleton(p => new Networks(p.GetRequiredService<AssetsSettings>().Networks));
        services.AddSingleton<AssetIndex>().AddSingleton<IAssetDirectory>(p => p.GetRequiredService<AssetIndex>()).AddSingleton<AssetTurn>();
        services.AddSingleton(p => new Senders(source => p.GetRequiredService<ISourceDirectory>().MemoryOf(source).Address)).AddSingleton<AssetWatcher>().AddSingleton<IBatchMatcher>(p => p.GetRequiredService<AssetWatcher>());
        services.AddSingleton<SightingWriter>().AddHostedService(p => p.GetRequiredService<SightingWriter>());
        services.AddSingleton<IFigures, AssetsFigures>().AddScoped<IAssetTags, AssetTags>().AddSingleton<IOwnAddresses, OwnAddresses>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("assets", "Assets", "/assets", AssetsRead.Code, 10, "asset", typeof(AssetsTexts))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [AsParameters] AssetQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<AssetPage>("Assets, the last seen first, one page at a time.");
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetAsset(id), ct)).ToHttp()).Answers<AssetDossier>("One asset with its identities and users.");
        routes.MapPatch("{id:guid}", async (Sender sender, Guid id, AssetPatch patch, CancellationToken ct) => (await sender.Send(patch.ToCommand(id), ct)).ToHttp()).Answers<Done>("Changes what people know of an asset; what is absent stays as it is.");
        routes.MapPost("", async (Sender sender, EnterAsset asset, CancellationToken ct) => (await sender.Send(asset, ct)).ToHttp()).Answers<Guid>("Enters an asset by hand; answers with its identity.");
        routes.MapPost("tags", async (Sender sender, TagBody body, CancellationToken ct) => (await sender.Send(new TagAssets { Ids = body.Ids ?? [], Add = body.Add ?? [], Remove = body.Remove ?? [] }, ct)).ToHttp()).Answers<Done>("Sets tags of assets and takes others away; all or none.");
        routes.MapPost("merge", async (Sender sender, MergeAssets merge, CancellationToken ct) => (await sender.Send(merge, ct)).ToHttp()).Answers<Done>("Makes two assets one.");
        routes.MapPost("{id:guid}/unmerge", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new UndoMerge(id), ct)).ToHttp()).Answers<Done>("Takes a merge back.");
        routes.MapGet("export", async (Sender sender, [AsParameters] AssetQuery query, CancellationToken ct) =>
        {
            var export = new ExportAssets(query.ToRequest());
            var first = await sender.Send(export, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => AssetCsv.Write(stream, sender, export, first.Value, ct), "text/csv; charset=utf-8", "assets.csv");
        }).AnswersFile("All assets that fit, as a file that can be imported again.", "text/csv");
        routes.MapPost("import/preview", async (Sender sender, HttpRequest http, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new PreviewImport(content), ct)).ToHttp() : AssetErrors.FileTooLarge.ToHttp())
            .Answers<ImportPreview>("Tells what an import would do, line by line, and does nothing.").Reads("A CSV file with a line of titles, UTF-8 or GB18030, at most 5 MiB.", "text/csv");
        routes.MapPost("import", async (Sender sender, HttpRequest http, CancellationToken ct) =>
            await Content(http, ct) is { } content ? (await sender.Send(new ImportAssets(content), ct)).ToHttp() : AssetErrors.FileTooLarge.ToHttp())
            .Answers<ImportOutcome>("Imports assets.").Reads("A CSV file with a line of titles, UTF-8 or GB18030, at most 5 MiB.", "text/csv");
        routes.MapPost("import/{id:guid}/undo", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new UndoImport(id), ct)).ToHttp()).Answers<UndoOutcome>("Takes an import back.");
    }

    /// <summary>The body, or null when it is longer than a file may be; reads no byte beyond.</summary>
    private static async Task<byte[]?> Content(HttpRequest http, CancellationToken ct)
    {
        if (http.ContentLength > MostBytes) return null;
        using var content = new MemoryStream();
        var buffer = new byte[65536];
        int read;
        while ((read = await http.Body.ReadAsync(buffer, ct)) > 0)
        {
            if (content.Length + read > MostBytes) return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }
}

/// <summary>Query of the list, as it stands in the address.</summary>
internal sealed record AssetQuery(
    [property: Description("Text within names, addresses, owner or business"), StringLength(200)] string? Text,
    AssetImportance? Importance,
    [property: Description("Zone, whole"), StringLength(200)] string? Zone,
    AssetOrigin? Origin,
    [property: Description("One tag, whole"), StringLength(40)] string? Tag,
    [property: Description("Default: Active")] AssetState? State,
    [property: Description("seen (default), name, importance or new")] string? Sort,
    [property: Description("Rows passed over; the export has all"), Range(0, 10_000_000)] int? Skip,
    [property: Description("Rows of the page, 50 by default; the export has all"), Range(1, 500)] int? Limit)
{
    public ListAssets ToRequest() => new() { Text = Text, Importance = Importance, Zone = Zone, Origin = Origin, Tag = Tag, State = State ?? AssetState.Active, Sort = Sort ?? "seen", Skip = Skip ?? 0, Take = Limit ?? 50 };
}

/// <summary>Body of a PATCH; what is absent stays as it is.</summary>
internal sealed record AssetPatch(long? Version, string? Name, AssetImportance? Importance, string? Business, string? Zone, string? Owner, string? Note, bool? Retired)
{
    public ChangeAssets ToCommand(Guid id) => new() { Ids = [id], Version = Version, Name = Name, Importance = Importance, Business = Business, Zone = Zone, Owner = Owner, Note = Note, Retired = Retired };
}

/// <summary>Body of a change of tags.</summary>
internal sealed record TagBody(IReadOnlyList<Guid>? Ids, IReadOnlyList<string>? Add, IReadOnlyList<string>? Remove);
