using System.Globalization;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;
using Microsoft.AspNetCore.Components;

namespace Juming.Site.Collection.Workbench;

/// <summary>From unknown lines to a pack in force. The YAML is the one truth: the table and the form write into it.</summary>
public sealed partial class WorkbenchPage : ConsolePage
{
    private const int MostShown = 50;

    private string _lines = "", _yaml = "", _name = "site-device", _sourceName = "", _vendor = "", _product = "", _type = "";
    private int _version = 1;
    private string? _said, _asked;
    private bool _mayDraft, _mayPublish, _mayRead, _onlyBad, _openExpert;
    private PackProposal? _proposal;
    private PackPreview? _preview;
    private PackDefinition? _pack;
    private PublishedPack? _published;
    private TestProgress? _test;
    private CancellationTokenSource? _stop;

    /// <summary>Sender whose unknown lines are wanted.</summary>
    [SupplyParameterFromQuery(Name = "source")] public int? SourceParameter { get; set; }

    /// <summary>Pack of which a new version is wanted.</summary>
    [SupplyParameterFromQuery(Name = "pack")] public string? PackParameter { get; set; }

    [Inject] internal PackTestRun Tests { get; set; } = null!;

    [Inject] internal ISourceDirectory Sources { get; set; } = null!;

    private List<string> Lines => [.. _lines.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0).Take(SampleLine.MostLines)];

    private int Matched => _preview?.Lines.Count(l => l.Outcome == TrialOutcome.Matched) ?? 0;

    private bool CanPublish => _preview is { Problems.Count: 0 } && Matched > 0 && _pack is not null;

    /// <summary>The text is what its writer left it: table and form must not write over it before it is sound again.</summary>
    private bool IsBroken => _preview is not { Problems.Count: 0 };

    private IReadOnlyList<TrialLine> PreviewLines => [.. _preview!.Lines.Where(l => !_onlyBad || l.Outcome != TrialOutcome.Matched).Take(MostShown)];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var asked = $"{SourceParameter} {PackParameter}";
        if (asked == _asked) return;
        _asked = asked;
        _mayDraft = await Do(new BeginDraft());
        if (!_mayDraft) return;
        var actor = await Actors.Current(Gone);
        (_mayPublish, _mayRead) = (actor.Holds(CollectionPublish.Code), actor.Holds(EventsRead.Code));
        if (SourceParameter is { } source) await TakeSample(source);
        if (PackParameter is { Length: > 0 } pack) await TakePack(pack);
    }

    private async Task TakeSample(int source)
    {
        _sourceName = Sources.NameOf(source);
        if (await Ask(new SampleUnknown(source)) is not { } sample) return;
        _lines = string.Join('\n', sample.Lines);
        _said = sample.Lines.Count == 0 ? CollectionTexts.Of("NoSample") : CollectionTexts.Of("SampleTaken", _sourceName, sample.Lines.Count);
        _name = sample.PackName;
        if (sample.Lines.Count > 0) await Guess();
    }

    private async Task TakePack(string name)
    {
        if (await Ask(new ReadPack(name)) is not { } text) return;
        (_yaml, _name) = (text.Yaml, name);
        if (_lines.Length == 0) _lines = string.Join('\n', PackReader.Read(text.Yaml).Packs.SelectMany(p => p.Tests).Select(t => t.Line));
        await Preview();
    }

    private async Task Guess()
    {
        (_published, _test) = (null, null);
        if (await Ask(new DraftPack(Lines, _name)) is not { } proposal) return;
        (_proposal, _yaml) = (proposal, proposal.Yaml);
        await Preview();
        if (_vendor.Length + _product.Length + _type.Length > 0) await ApplyHead();
    }

    private Task LinesChanged() => _yaml.Length > 0 ? Preview() : Task.CompletedTask;

    private async Task Preview()
    {
        if (await Ask(new PreviewPack(_yaml, Lines, SourceParameter)) is not { } preview) return;
        _preview = preview;
        // A text with faults is opened, and stays so while it is mended.
        _openExpert |= preview.Problems.Count > 0;
        if (preview.Pack is not { } pack) return;
        (_pack, _name, _version) = (pack, pack.Name, pack.Version);
        (_vendor, _product, _type) = (pack.Vendor ?? "", pack.Product ?? "", pack.Type ?? "");
    }

    /// <summary>A field's name changed in the table; an empty one leaves the value in the raw line only.</summary>
    private Task SetField(string key, string? to)
    {
        if (IsBroken || _pack is not { } pack) return Task.CompletedTask;
        var fields = pack.Fields.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
        fields[key] = string.IsNullOrWhiteSpace(to) ? new PackField { Drop = true } : fields[key] with { To = to.Trim(), Drop = false };
        // The pack's own tests hold what the old names gave.
        var old = pack.Fields[key].To;
        var tests = pack.Tests.Select(t => t with { Expect = t.Expect.Where(e => e.Key != old).ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal) }).Where(t => t.Expect.Count > 0).ToList();
        return Rewrite(pack with { Fields = fields, Tests = tests });
    }

    private Task ApplyHead() => IsBroken || _pack is not { } pack
        ? Task.CompletedTask
        : Rewrite(pack with { Vendor = Empty(_vendor), Product = Empty(_product), Type = Empty(_type), Version = Math.Max(1, _version) });

    private Task Rewrite(PackDefinition pack)
    {
        _yaml = PackYaml.Write(pack);
        return Preview();
    }

    private async Task RunTest()
    {
        using var stop = _stop = CancellationTokenSource.CreateLinkedTokenSource(Gone);
        _test = null;
        try
        {
            // The guard decides and audits the look; the outcome is streamed beside it.
            var allowed = await Sender.Send(new TestPack(_yaml, SourceParameter!.Value), stop.Token);
            Problem = allowed.Error;
            if (!allowed.Succeeded) return;
            await foreach (var progress in Tests.Run(_yaml, SourceParameter.Value, stop.Token))
            {
                _test = progress;
                StateHasChanged();
            }
        }
        catch (RefusalException e)
        {
            Problem = e.Refusal;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped by its reader: what was counted stays.
        }
        finally
        {
            _stop = null;
        }
    }

    private void StopTest() => _stop?.Cancel();

    private async Task Publish()
    {
        if (await Ask(new PublishPack(_name, _version, _yaml)) is not { } published) return;
        _published = published;
        // What comes next is the next version.
        _version++;
        await ApplyHead();
    }

    private string SampleOf(string? field) =>
        field is null ? "" : _preview?.Lines.SelectMany(l => l.Fields).FirstOrDefault(f => f.Name == field)?.Value is { } value ? value.Length > 120 ? value[..120] + "…" : value : "";

    private static string? Empty(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string LogsOf(string pack) => "/logs?from=now-24h&q=" + Uri.EscapeDataString(string.Create(CultureInfo.InvariantCulture, $"jm.parser:\"{pack}\""));
}
