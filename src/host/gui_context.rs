//! What the framework's editor gets to know of the plugin: its own widgets set parameters as Keel's window does.

use std::sync::Arc;

use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::plugin::PluginState;
use nice_plug::prelude::ParamPtr;

use super::{Gesture, Instance, ParamTable};

/// The context of an instance's window, for an instance in this format.
pub fn gui_context(instance: Arc<dyn Instance>, api: PluginApi) -> GuiContext {
    GuiContext::new(Arc::new(Context { instance, api }))
}

struct Context {
    instance: Arc<dyn Instance>,
    api: PluginApi,
}

impl Context {
    fn table(&self) -> ParamTable {
        ParamTable::new(self.instance.params())
    }
}

impl GuiContextInner for Context {
    fn plugin_api(&self) -> PluginApi {
        self.api
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        self.instance.gesture(param, Gesture::Begin);
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        self.instance.gesture(param, Gesture::Set(normalized));
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        self.instance.gesture(param, Gesture::End);
    }

    fn get_state(&self) -> PluginState {
        let params = self.table().stored().map(|(id, value)| (id.to_owned(), value)).collect();
        PluginState { version: env!("CARGO_PKG_VERSION").to_owned(), params, fields: Default::default() }
    }

    fn set_state(&self, state: PluginState) {
        let table = self.table();
        for (id, value) in &state.params {
            // What cannot be taken stays as it is.
            _ = table.restore(id, value, None);
        }
    }

    /// Nothing that Keel's window changes needs one.
    fn request_restart(&self) {}
}
