using System.Text.Json.Nodes;
using Juming.Site.Response;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Canvas;
using Juming.Site.Response.Edit;
using Juming.Site.Response.Playbooks;
using NUnit.Framework;

namespace Juming.Site.Tests.Response;

/// <summary>The canvas: links one by one, loose steps, places; both views show the same flow, and the document stays CACAO.</summary>
[Category("S3.1")]
internal sealed class CanvasTests
{
    private DraftEditor _editor = null!;

    [SetUp]
    public void Blank() => _editor = new DraftEditor(DraftEditor.Blank("Draft", DateTimeOffset.UnixEpoch));

    private IReadOnlyList<OutlineRow> Rows => Outline.All(_editor.Document);

    private string Shape => string.Join(' ', Rows.Select(r => (r.Slot == Slot.Loose && r.IsFirst ? "| " : "") + new string('>', r.Depth) + (r.Type == "action" ? (string)r.Step["commands"]![0]!["capability"]! : r.Type)));

    private string Start => Rows[0].Id;

    private string Links => string.Join(' ', FlowPicture.Of(_editor.Document, [], _ => null)!.Links.Select(l => $"{l.From.Split("--")[0]}.{l.Way}:{l.To.Split("--")[0]}"));

    private string? Refused(string from, string way, string to) => _editor.Refusal(from, way, to)?.Code;

    private IEnumerable<string> Wrong => PlaybookReader.Read((JsonObject)_editor.Document.DeepClone()).Problems.Select(p => $"{p.Pointer} {p.Code}");

    [Test]
    public void A_dropped_step_stands_loose_until_a_way_leads_to_it()
    {
        var wait = _editor.Drop("wait", Start, "next");
        var look = _editor.Drop("look-up", null, "");
        Assert.That(Shape, Is.EqualTo("start wait end | look-up"));
        Assert.That(Wrong, Is.EqualTo(new[] { $"/workflow/{look} unreachable" }));
        Assert.That(Refused(wait, "on_failure", look), Is.Null);
        _editor.Link(wait, "on_failure", look);
        Assert.That(Shape, Is.EqualTo("start wait >look-up end"));
        Assert.That(Links, Is.EqualTo("start.next:action action.next:end action.on_failure:action"));
        _editor.Unlink(wait, "on_failure");
        Assert.That((Shape, (string?)_editor.Step(wait)["on_success"], _editor.Step(wait).ContainsKey("on_completion")), Is.EqualTo(("start wait end | look-up", (string?)null, true)));
        Assert.That(Wrong, Has.Exactly(1).Items);
    }

    [Test]
    public void A_link_that_makes_the_playbook_worse_is_refused_with_the_reason()
    {
        var wait = _editor.Drop("wait", Start, "next");
        var notify = _editor.Drop("notify", wait, "next");
        var loop = _editor.Drop("while-condition", notify, "next");
        var inside = _editor.AddFirst(new Slot(loop, "on_true"), "wait");
        var end = Rows.First(r => r.Type == "end" && r.Slot == Slot.Start).Id;
        Assert.That(Refused(notify, "on_failure", wait), Is.EqualTo("endless"));
        Assert.That(Refused(wait, "next", Start), Is.EqualTo("leads-to-start"));
        Assert.That(Refused(wait, "next", wait), Is.EqualTo("leads-to-itself"));
        Assert.That(Refused(end, "next", wait), Is.EqualTo("no-such-way"), "nothing comes after an end");
        Assert.That(Refused(wait, "cases/x", notify), Is.EqualTo("no-such-way"));
        Assert.That(Refused(wait, "next", "action--none"), Is.EqualTo("no-such-way"));
        Assert.That(Refused(inside, "next", loop), Is.Null, "a loop is led back to from inside");
        Assert.That(Wrong, Is.Empty, "what is only asked changes nothing");
    }

    [Test]
    public void Branches_are_linked_added_and_taken_away_one_by_one()
    {
        var both = _editor.Drop("parallel", Start, "next");
        var wait = _editor.Drop("wait", null, "");
        _editor.Link(both, FlowWays.OneMore, wait);
        Assert.That(Links, Does.Contain("parallel.next_steps/2:action"));
        _editor.Unlink(both, "next_steps/0");
        Assert.That(((JsonArray)_editor.Step(both)["next_steps"]!).Count, Is.EqualTo(2));
        _editor.Unlink(both, "next_steps/9");
        var choose = _editor.Drop("switch-condition", wait, "next");
        _editor.Unlink(choose, "cases/default");
        Assert.That(FlowWays.Of(_editor.Document, choose, _editor.Step(choose)).Select(w => w.Name), Does.Contain("cases/default"), "the way stays to be linked again");
        _editor.Link(choose, "cases/default", Rows.First(r => r.Type == "end").Id);
        Assert.That(_editor.Step(choose)["cases"]!["default"], Is.Not.Null);
    }

    [Test]
    public void A_step_that_is_taken_out_closes_the_gap_and_leaves_what_stood_in_its_branches()
    {
        var choose = _editor.Drop("if-condition", Start, "next");
        _editor.AddFirst(new Slot(choose, "on_true"), "wait");
        var loop = _editor.Drop("while-condition", choose, "next");
        var inside = _editor.AddFirst(new Slot(loop, "on_true"), "notify");
        _editor.Link(inside, "next", loop);
        _editor.TakeOut(choose);
        Assert.That(Shape, Does.StartWith("start while-condition >notify end | wait end"));
        _editor.TakeOut(loop);
        Assert.That(Shape, Does.StartWith("start end | "));
        Assert.That(Links, Does.Not.Contain("while"));
        foreach (var row in Rows.Where(r => r.Type != "start").ToList()) _editor.TakeOut(row.Id);
        Assert.That((Shape, _editor.Step(Start).ContainsKey("on_completion")), Is.EqualTo(("start", false)));
    }

    [Test]
    public void Copies_keep_their_links_among_themselves_and_lead_nowhere_else()
    {
        var choose = _editor.Drop("if-condition", Start, "next");
        var wait = _editor.AddFirst(new Slot(choose, "on_true"), "wait");
        var notify = _editor.Drop("notify", choose, "next");
        _editor.Arrange(new Dictionary<string, StepPlace> { [choose] = new(100, 100), [wait] = new(60, 230) });
        var copies = _editor.Copies([choose, wait, Start, "action--none"]);
        var made = _editor.Paste(copies, new StepPlace(500, 40));
        Assert.That(made, Has.Count.EqualTo(2), "a start is not copied");
        Assert.That((string?)_editor.Step(made[0])["on_true"], Is.EqualTo(made[1]));
        Assert.That(_editor.Step(made[0]).ContainsKey("on_completion"), Is.False, "the notice was not copied");
        Assert.That((StepPlace.Of(_editor.Step(made[0])), StepPlace.Of(_editor.Step(made[1]))), Is.EqualTo((new StepPlace(540, 40), new StepPlace(500, 170))));
        Assert.That((string?)_editor.Step(choose)["on_completion"], Is.EqualTo(notify));
        var alone = _editor.Paste(_editor.Copies([choose]), new StepPlace(0, 0));
        Assert.That((string?)_editor.Step(alone[0])["on_true"], Does.StartWith("end--"), "a branch that led out ends where it begins");
        Assert.That(Wrong.Where(w => !w.EndsWith(" unreachable", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Places_stay_in_the_document_and_are_no_change_of_what_is_done()
    {
        var before = (JsonObject)_editor.Document.DeepClone();
        _editor.Arrange(new Dictionary<string, StepPlace> { [Start] = new(10, 2_000_000), ["action--none"] = new(1, 1) });
        var read = PlaybookReader.Read(PlaybookReader.Write(_editor.Document));
        Assert.That((read.Problems.Count, StepPlace.Of((JsonObject)read.Document!["workflow"]![Start]!)), Is.EqualTo((0, new StepPlace(10, 100_000))));
        Assert.That(PlaybookDiff.Of(before, before), Is.Empty);
        var moved = (JsonObject)_editor.Document.DeepClone();
        _editor.Arrange(new Dictionary<string, StepPlace> { [Start] = new(0, 0) });
        Assert.That(PlaybookDiff.Of(moved, _editor.Document).Select(c => c.Member), Is.EqualTo(new[] { "layout" }));
        var wait = _editor.Drop("wait", Start, "next");
        _editor.MakeRoom(wait, new StepPlace(0, 60));
        Assert.That(PlaybookDiff.Of(moved, _editor.Document).Select(c => c.Member), Has.None.EqualTo("layout").And.None.EqualTo("step_extensions"));
    }

    [TestCase("""{"x":"a","y":1}""")]
    [TestCase("""{"x":1e300,"y":1}""")]
    [TestCase("""[1,2]""")]
    [TestCase("""{"x":null}""")]
    public void A_place_that_is_nonsense_is_no_place(string place)
    {
        _editor.Step(Start)["step_extensions"] = new JsonObject { [Vocabulary.Extension] = new JsonObject { ["place"] = JsonNode.Parse(place) } };
        Assert.That(StepPlace.Of(_editor.Step(Start)), Is.Null);
        Assert.That(FlowPicture.Of(_editor.Document, [], _ => null)!.Steps, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_hostile_document_is_drawn_as_far_as_it_can_be()
    {
        var workflow = (JsonObject)_editor.Document["workflow"]!;
        workflow["parallel--a"] = JsonNode.Parse("""{"type":"parallel","next_steps":"no array","on_completion":["x"]}""");
        workflow["switch-condition--b"] = JsonNode.Parse("""{"type":"switch-condition","cases":[1],"switch":{"a":1}}""");
        workflow["action--c"] = JsonNode.Parse("""{"type":"action","name":7,"commands":[{"type":"x-juming-capability","capability":["x"],"args":{"a":{}}}],"timeout":"x","on_failure":"nowhere"}""");
        workflow["d"] = 5;
        workflow["e"] = new JsonObject { ["type"] = "<script>" };
        var picture = FlowPicture.Of(_editor.Document, [], _ => null)!;
        Assert.That((picture.Steps.Count, picture.Links.Count), Is.EqualTo((6, 1)));
        Assert.That(Outline.All(_editor.Document), Has.Count.EqualTo(6));
        for (var i = 0; i < 500; i++) workflow[$"end--{i}"] = new JsonObject { ["type"] = "end" };
        Assert.That(FlowPicture.Of(_editor.Document, [], _ => null), Is.Null, "more than a playbook may have is not drawn");
    }
}
