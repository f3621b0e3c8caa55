"""The screen: everything that knows Textual. It holds no rule of the business."""
