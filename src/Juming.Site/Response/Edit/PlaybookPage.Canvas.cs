using Juming.Site.Response.Canvas;

namespace Juming.Site.Response.Edit;

/// <content>What is done on the canvas.</content>
public sealed partial class PlaybookPage
{
    private async Task Act(FlowAct act)
    {
        if (act is FlowAct.Choose chosen)
        {
            _chosen = chosen.Step;
            StateHasChanged();
            return;
        }
        if (!_mayWrite || _draft is null) return;
        switch (act)
        {
            case FlowAct.Arrange arranged:
                await Change(editor => editor.Arrange(arranged.Places));
                break;
            case FlowAct.Link link:
                await Link(link);
                break;
            case FlowAct.Drop drop when StepPalette.Knows(_actions, drop.Kind):
                await Drop(drop);
                break;
            case FlowAct.Remove remove:
                await Remove(remove);
                break;
            case FlowAct.Copy copy:
                _copied = new DraftEditor(_draft).Copies(copy.Steps);
                break;
            case FlowAct.Paste paste when _copied.Count > 0:
                await Change(editor =>
                {
                    editor.Arrange(paste.Others);
                    _chosen = editor.Paste(_copied, paste.Place).FirstOrDefault();
                });
                break;
            case FlowAct.TakeBack:
                await TakeBack();
                break;
            case FlowAct.DoAgain:
                await DoAgain();
                break;
            default:
                return;
        }
    }

    private Task Drop(FlowAct.Drop drop) => Change(editor =>
    {
        // Into a flow that nobody has arranged a step is put where its link is, and all of it laid out anew.
        var isFree = drop.From is null;
        if (isFree || _picture is { IsLaidOut: true }) editor.Arrange(drop.Others);
        _chosen = editor.Drop(drop.Kind, drop.From, drop.Way);
        if (isFree) editor.Arrange(new Dictionary<string, StepPlace> { [_chosen] = drop.Place });
        else if (_picture is { IsLaidOut: true }) editor.MakeRoom(_chosen, drop.Place);
    });

    private async Task Link(FlowAct.Link link)
    {
        if (new DraftEditor(_draft!).Refusal(link.From, link.Way, link.To) is { } wrong)
        {
            (_said, _refused) = (null, ResponseTexts.Of("NotLinked", ResponseTexts.Problem(wrong)));
            StateHasChanged();
            return;
        }
        await Change(editor => editor.Link(link.From, link.Way, link.To));
    }

    private async Task Remove(FlowAct.Remove remove)
    {
        var steps = remove.Steps.Where(id => _rows.FirstOrDefault(r => r.Id == id) is { Type: not "start" }).ToList();
        if (steps.Count + remove.Links.Count == 0)
        {
            _refused = ResponseTexts.Of("StartStays");
            StateHasChanged();
            return;
        }
        await Change(editor =>
        {
            // From behind, so that the numbers of the branches before stay.
            foreach (var (from, way) in remove.Links.OrderByDescending(l => l.Way, StringComparer.Ordinal)) editor.Unlink(from, way);
            foreach (var step in steps) editor.TakeOut(step);
        });
    }

    /// <summary>Puts a step behind the chosen one, or before the end.</summary>
    private async Task AddHere(string kind)
    {
        var after = _rows.FirstOrDefault(r => r.Id == _chosen && r.GoesOn) ?? _rows.LastOrDefault(r => r.Slot == Slot.Start && r.GoesOn) ?? _rows.FirstOrDefault(r => r.GoesOn);
        if (after is null) return;
        var made = "";
        await Change(editor => made = editor.AddAfter(after.Id, kind));
        _chosen = made;
    }

    private FlowMark? MarkOf(string step)
    {
        var wrong = ProblemsOf(step).OrderByDescending(p => p.Rank).ToList();
        return wrong.Count == 0 ? null : new FlowMark(ResponseTexts.Of("Rank." + wrong[0].Rank), wrong[0].Blocks ? "bad" : "warn", string.Join("\n", wrong.Select(p => p.Reason)));
    }
}
